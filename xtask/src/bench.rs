//! `cargo xtask bench`: how fast Dipper is, in figures beside their bars.
//!
//! Nothing is asserted: the figures depend on the machine and its other work.

mod peers;
mod transfers;

use std::process::Command;

use crate::failure::Failure;
use crate::setup::{self, Purpose};
use crate::{cargo, repository, run, step, ui};

/// How often the program is started; the median is told.
const STARTS: &str = "10";

/// What the command line says about the bench of transfers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// Dipper alone, without the programs it is compared with.
    pub(crate) no_peers: bool,
    /// How often each program does each work.
    pub(crate) rounds: Option<usize>,
    /// Only works with this in their name.
    pub(crate) only: Option<String>,
    /// Whether the figures go into `docs/BENCHMARKS.md`.
    pub(crate) record: bool,
}

/// Builds in release and prints what every benchmark says, or only that of the transfers.
pub(crate) fn bench(words: &[&str]) -> Result<(), Failure> {
    match words {
        ["transfers", options @ ..] => {
            let options = Options::read(options)?;
            setup::setup(Purpose::Desktop)?;
            transfers::measure(&options)
        }
        options => {
            let options = Options::read(options)?;
            start_and_list()?;
            transfers::measure(&options)
        }
    }
}

fn start_and_list() -> Result<(), Failure> {
    setup::setup(Purpose::Desktop)?;
    ui::build()?;
    let app = run::build(&["dipper", "startup", "drag-source"])?;
    let mut start = Command::new(repository::program("release", "startup")?);
    start.arg("--app").arg(app).args(["--runs", STARTS]);
    step::say(&step::run("starting Dipper until its list can be used", start)?);
    let catalog = cargo::command(&["bench", "--quiet", "--package", "dipper-catalog"]);
    step::say(&step::run("measuring the list of a million keys", catalog)?);
    Ok(())
}

impl Options {
    fn read(words: &[&str]) -> Result<Self, Failure> {
        let mut options = Self::default();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            match *word {
                "--no-peers" => options.no_peers = true,
                "--record" => options.record = true,
                "--only" => options.only = rest.next().map(|name| (*name).to_owned()),
                "--rounds" => {
                    let rounds = rest.next().and_then(|rounds| rounds.parse().ok());
                    options.rounds = Some(rounds.ok_or_else(|| Failure::new("`--rounds` needs a number behind it"))?);
                }
                other => {
                    return Err(Failure::new(format!("`bench` does not know `{other}`")).hint(
                        "usage: cargo xtask bench [transfers] [--no-peers] [--rounds N] [--only WORD] [--record]",
                    ));
                }
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_a_wrong_one_is_told() {
        let read = |words: &[&str]| Options::read(words).map_err(|failure| failure.to_string());
        let all = Options {
            no_peers: true,
            rounds: Some(5),
            only: Some("delete".to_owned()),
            record: true,
        };
        let words = ["--no-peers", "--rounds", "5", "--only", "delete", "--record"];
        assert_eq!(read(&words), Ok(all));
        assert_eq!(read(&[]), Ok(Options::default()));
        assert!(read(&["--rounds", "many"]).is_err_and(|text| text.contains("needs a number")));
        assert!(read(&["transfer"]).is_err_and(|text| text.contains("`transfer`") && text.contains("usage")));
    }
}
