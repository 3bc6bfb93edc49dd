//! The package managers this program knows.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::{repository, step};

/// The system's package manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum System {
    /// Debian, Ubuntu and their relatives.
    Apt,
    /// Fedora and its relatives.
    Dnf,
    /// Arch and its relatives.
    Pacman,
    /// openSUSE.
    Zypper,
    /// macOS with Homebrew.
    Brew,
    /// Windows.
    Winget,
    /// None of them: everything has to be there already.
    Unknown,
}

impl System {
    /// The one this machine has.
    pub(super) fn detect() -> Self {
        let known = [
            ("apt-get", Self::Apt),
            ("dnf", Self::Dnf),
            ("pacman", Self::Pacman),
            ("zypper", Self::Zypper),
            ("brew", Self::Brew),
            ("winget", Self::Winget),
        ];
        let found = known
            .into_iter()
            .find(|(program, _)| repository::find_program(program).is_some());
        found.map_or(Self::Unknown, |(_, system)| system)
    }

    /// For messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Apt => "apt",
            Self::Dnf => "dnf",
            Self::Pacman => "pacman",
            Self::Zypper => "zypper",
            Self::Brew => "Homebrew",
            Self::Winget => "winget",
            Self::Unknown => "this system",
        }
    }

    /// Whether a package is installed.
    pub(super) fn has(self, package: &str) -> bool {
        let question: &[&str] = match self {
            // A removed package whose configuration is still there is known too, so its state is asked for.
            Self::Apt => &["dpkg-query", "--show", "--showformat=${db:Status-Status}", package],
            Self::Dnf | Self::Zypper => &["rpm", "--query", "--whatprovides", package],
            Self::Pacman => &["pacman", "--query", package],
            Self::Brew => &["brew", "list", "--versions", package],
            Self::Winget => &["winget", "list", "--exact", "--id", package],
            Self::Unknown => return true,
        };
        let answer = Command::new(question[0])
            .args(&question[1..])
            .stdin(Stdio::null())
            .output();
        answer.is_ok_and(|answer| {
            answer.status.success() && (self != Self::Apt || answer.stdout.as_slice() == b"installed")
        })
    }

    /// Installs packages, after asking where `sudo` is needed.
    pub(super) fn install(self, packages: &[&str], ask: impl Fn(&str) -> Result<bool, Failure>) -> Result<(), Failure> {
        let install = self.install_command(packages);
        let needs_root = !matches!(self, Self::Brew | Self::Winget | Self::Unknown) && !is_root();
        let by_hand = format!("install them by hand: {}", install.join(" "));
        if needs_root && !ask(&format!("sudo {}", install.join(" ")))? {
            return Err(Failure::new("packages are missing").hint(by_hand));
        }
        if !self.lists_are_there() {
            self.update(needs_root)?;
        }
        let label = format!("installing with {}", self.name());
        let first = step::run(&label, privileged(needs_root, &install));
        let outcome = match first {
            // The lists are older than the archive: a package they name is gone.
            Err(_) if self == Self::Apt => {
                self.update(needs_root)?;
                step::run(&label, privileged(needs_root, &install))
            }
            outcome => outcome,
        };
        outcome.map(drop).map_err(|failure| failure.hint(by_hand))
    }

    fn update(self, needs_root: bool) -> Result<(), Failure> {
        let update = match self {
            Self::Pacman => own(&["pacman", "--sync", "--refresh"]),
            _ => apt(&["update"]),
        };
        step::run("updating the package lists", privileged(needs_root, &update)).map(drop)
    }

    /// apt and pacman install nothing before their lists were fetched once; the others fetch them by themselves.
    fn lists_are_there(self) -> bool {
        let (folder, ending) = match self {
            Self::Apt => ("/var/lib/apt/lists", "_Packages"),
            Self::Pacman => ("/var/lib/pacman/sync", ".db"),
            _ => return true,
        };
        Path::new(folder).read_dir().is_ok_and(|entries| {
            entries
                .flatten()
                .any(|entry| entry.file_name().to_string_lossy().contains(ending))
        })
    }

    fn install_command(self, packages: &[&str]) -> Vec<String> {
        let command: Vec<String> = match self {
            Self::Apt => apt(&["install", "--yes", "--no-install-recommends"]),
            Self::Dnf => own(&["dnf", "install", "--assumeyes"]),
            Self::Pacman => own(&["pacman", "--sync", "--needed", "--noconfirm"]),
            Self::Zypper => own(&["zypper", "--non-interactive", "install"]),
            Self::Brew => own(&["brew", "install"]),
            Self::Winget => own(&[
                "winget",
                "install",
                "--exact",
                "--accept-package-agreements",
                "--accept-source-agreements",
                "--id",
            ]),
            Self::Unknown => Vec::new(),
        };
        command
            .into_iter()
            .chain(packages.iter().map(ToString::to_string))
            .collect()
    }
}

/// apt waits for another one's lock: a fresh machine may still be updating itself.
fn apt(arguments: &[&str]) -> Vec<String> {
    own(&["apt-get", "-o", "DPkg::Lock::Timeout=900", "-q"])
        .into_iter()
        .chain(own(arguments))
        .collect()
}

fn own(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

/// The command, with `sudo` before it where that is needed. Unattended, sudo must not ask for a password.
fn privileged(needs_root: bool, words: &[String]) -> Command {
    let mut all: Vec<&str> = Vec::new();
    if needs_root {
        all.push("sudo");
        if repository::unattended() {
            all.push("--non-interactive");
        }
        // sudo drops the environment; env gives apt its variable back.
        all.extend(["env", "DEBIAN_FRONTEND=noninteractive"]);
    }
    all.extend(words.iter().map(String::as_str));
    let mut command = Command::new(all[0]);
    command.args(&all[1..]).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_root() -> bool {
    let answer = Command::new("id").arg("-u").output();
    answer.is_ok_and(|answer| answer.stdout.as_slice() == b"0\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_system_installs_without_questions() {
        let quiet = [
            (System::Apt, "--yes"),
            (System::Dnf, "--assumeyes"),
            (System::Pacman, "--noconfirm"),
            (System::Zypper, "--non-interactive"),
            (System::Winget, "--accept-package-agreements"),
        ];
        for (system, option) in quiet {
            let command = system.install_command(&["one", "two"]);
            assert!(command.iter().any(|word| word == option), "{command:?}");
            assert_eq!(command[command.len() - 2..], ["one", "two"]);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_not_installed_is_missing() {
        assert!(!System::detect().has("no-such-package-anywhere") || System::detect() == System::Unknown);
    }
}
