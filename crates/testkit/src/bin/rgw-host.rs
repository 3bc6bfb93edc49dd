//! Hosts one Ceph gateway for a whole test run: starts it, describes it in the file named as the only argument,
//! prints `ready`, and ends it when its standard input is closed.

use std::error::Error;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use dipper_testkit::{Rgw, RgwOptions, Tls};

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .ok_or("usage: rgw-host DESCRIPTION.json")?;
    let gateway = Rgw::start(RgwOptions { tls: Tls::On })?;
    gateway.describe_in(&file)?;
    let mut output = io::stdout().lock();
    writeln!(output, "ready {}", gateway.endpoint())?;
    output.flush()?;
    io::stdin().read_to_end(&mut Vec::new())?;
    drop(gateway);
    std::fs::remove_file(&file)?;
    Ok(())
}
