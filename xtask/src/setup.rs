//! Installs what is missing, and nothing else.
//!
//! What is there is found by looking, every time, so there is nothing that could be out of date; a second run takes
//! less than a second. Root and continuous integration are not asked; everybody else is, once, before `sudo`.

mod node;
mod packages;
mod system;

use std::io::{self, Write as _};

use self::packages::Group;
use self::system::System;
use crate::failure::Failure;
use crate::{repository, step, ui};

/// What the machine has to be able to do afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Build and serve the interface alone.
    Interface,
    /// Build the app.
    Build,
    /// Drive the app on a virtual display.
    Desktop,
    /// Run all tests.
    Test,
}

/// What a machine cannot do although it was asked to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lacking {
    /// There is no Ceph gateway here, and why.
    pub(crate) gateway: Option<String>,
}

/// Makes the machine ready. A gateway that cannot be installed is no failure but reported.
pub(crate) fn setup(purpose: Purpose) -> Result<Lacking, Failure> {
    let system = System::detect();
    let needed: &[Group] = match purpose {
        Purpose::Interface => &[],
        Purpose::Build => &[Group::Build],
        Purpose::Desktop => &[Group::Build, Group::Desktop],
        Purpose::Test => &[Group::Build, Group::Desktop, Group::Faults],
    };
    for group in needed {
        install(system, *group)?;
    }
    let gateway = match purpose {
        Purpose::Test => install_gateway(system),
        _ => None,
    };
    node::require(system)?;
    ui::install_packages()?;
    Ok(Lacking { gateway })
}

fn install(system: System, group: Group) -> Result<(), Failure> {
    let missing: Vec<&str> = packages::of(system, group)
        .iter()
        .copied()
        .filter(|name| !system.has(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    step::say(&format!("{} needs {}", group.purpose(), missing.join(" ")));
    system.install(&missing, ask)
}

fn install_gateway(system: System) -> Option<String> {
    if packages::of(system, Group::Gateway).is_empty() {
        return Some(format!("no packages of Ceph's gateway are known for {}", system.name()));
    }
    let failure = install(system, Group::Gateway).err()?;
    step::say(&failure.to_string());
    Some(format!("{} could not install it", system.name()))
}

/// Asks whether this command may be run. Enter means yes; an input that has ended means no.
fn ask(command: &str) -> Result<bool, Failure> {
    if repository::unattended() {
        return Ok(true);
    }
    print!("  run `{command}`? [Y/n] ");
    io::stdout().flush().map_err(Failure::io("write to the terminal"))?;
    let mut answer = String::new();
    let read = io::stdin()
        .read_line(&mut answer)
        .map_err(Failure::io("read the answer"))?;
    Ok(read > 0 && !answer.trim().to_lowercase().starts_with('n'))
}
