//! `cargo xtask bench`: how fast Dipper is, in figures beside their bars.
//!
//! Nothing is asserted: the figures depend on the machine and its other work.

use std::process::Command;

use crate::failure::Failure;
use crate::setup::{self, Purpose};
use crate::{cargo, repository, run, step, ui};

/// How often the program is started; the median is told.
const STARTS: &str = "10";

/// Builds in release and prints what every benchmark says.
pub(crate) fn bench() -> Result<(), Failure> {
    setup::setup(Purpose::Desktop)?;
    ui::build()?;
    let app = run::build(&["dipper", "startup"])?;
    let mut start = Command::new(repository::program("release", "startup")?);
    start.arg("--app").arg(app).args(["--runs", STARTS]);
    step::say(&step::run("starting Dipper until its list can be used", start)?);
    let catalog = cargo::command(&["bench", "--quiet", "--package", "dipper-catalog"]);
    step::say(&step::run("measuring the list of a million keys", catalog)?);
    Ok(())
}
