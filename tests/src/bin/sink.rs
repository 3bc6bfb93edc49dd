//! A bottomless S3 server in a window of its own, to try a client on by hand: `sink [--port N] [--tls FOLDER]`.
//!
//! It prints its address, and at the end of its input what was asked of it. With `--tls` it makes a certificate and puts
//! it and its authority's (`ca.crt`) into the folder. A prefix `COUNTxSIZE/` of any bucket holds COUNT objects of SIZE
//! bytes.

use std::error::Error;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use dipper_testkit::Certificate;
use dipper_tests::sink::{Sink, SinkOptions, SinkTls};

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]
fn main() -> ExitCode {
    match serve() {
        Ok(tally) => {
            println!("{tally}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("could not serve: {error}\nusage: sink [--port N] [--tls FOLDER]");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "a program for people")]
fn serve() -> Result<String, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1)
    };
    let mut options = SinkOptions::default();
    if let Some(port) = after("--port") {
        options.port = port.parse()?;
    }
    if let Some(folder) = after("--tls") {
        let made = Certificate::create(Path::new(folder))?;
        options.tls = Some(SinkTls {
            certificate: made.server,
            key: made.key,
        });
    }
    let sink = Sink::start(&options)?;
    println!("{}", sink.endpoint());
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(sink.take().to_string())
}
