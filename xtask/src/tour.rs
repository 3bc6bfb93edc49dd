//! The tour: one scripted visit through the real window, which leaves pictures.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::setup::{self, Purpose};
use crate::{repository, run, step, ui};

/// Builds Dipper and plays the tour on a virtual display; the pictures go to `target/tour`.
pub(crate) fn play() -> Result<(), Failure> {
    let pictures = repository::target()?.join("tour");
    play_into(&pictures)?;
    step::say(&format!("the tour's pictures are in {}", pictures.display()));
    Ok(())
}

/// Plays the tour and keeps its pictures for the README.
pub(crate) fn screenshots() -> Result<(), Failure> {
    let pictures = repository::root().join("docs/images");
    play_into(&pictures)?;
    step::say(&format!("the pictures in {} are fresh", pictures.display()));
    Ok(())
}

fn play_into(pictures: &Path) -> Result<PathBuf, Failure> {
    setup::setup(Purpose::Desktop)?;
    ui::build()?;
    let app = run::build(&["dipper", "tour", "drag-source"])?;
    let mut command = Command::new(repository::program("release", "tour")?);
    command
        .arg("--app")
        .arg(&app)
        .arg("--out")
        .arg(pictures)
        .current_dir(repository::root());
    step::run("playing the tour", command)?;
    Ok(app)
}
