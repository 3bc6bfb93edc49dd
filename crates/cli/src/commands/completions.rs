//! `dip completions`: what a shell needs to complete commands and options.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::exit::{Code, Failure};
use crate::output::Output;

pub(crate) fn run(shell: Shell) -> Result<Code, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "dip", &mut script);
    let out = Output::new(false);
    out.bytes(&script)?;
    out.flush()?;
    Ok(Code::Done)
}
