//! `dip completions`: what a shell needs to complete commands and options.

use std::io;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::exit::{Code, Failure};

#[expect(clippy::unnecessary_wraps, reason = "every command ends in the same way")]
pub(crate) fn run(shell: Shell) -> Result<Code, Failure> {
    clap_complete::generate(shell, &mut Arguments::command(), "dip", &mut io::stdout());
    Ok(Code::Done)
}
