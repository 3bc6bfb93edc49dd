//! What becomes of a file or an object whose name is taken. To overwrite has to be said.

use clap::ValueEnum;

use crate::exit::Failure;
use crate::output::escaped;
use crate::prompt;

/// What to do where a name is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Conflict {
    /// Ask for each
    Ask,
    /// Leave what is there
    Skip,
    /// Replace what is there
    Overwrite,
    /// Take a free name: name (2).ext
    Rename,
}

impl Conflict {
    /// What was said, or what is done when nothing was: ask where somebody can answer, else leave everything as it is.
    pub(crate) fn or_default(said: Option<Self>) -> Self {
        said.unwrap_or(if prompt::is_possible() { Self::Ask } else { Self::Skip })
    }
}

/// Asks for one name after another, until an answer is for all.
#[derive(Default)]
pub(crate) struct Asker {
    for_all: Option<Conflict>,
}

impl Asker {
    /// What to do with this one.
    pub(crate) async fn decide(&mut self, name: &str) -> Result<Conflict, Failure> {
        if let Some(decided) = self.for_all {
            return Ok(decided);
        }
        if !prompt::is_possible() {
            return Err(Failure::usage(format!("“{name}” is taken, and nobody can be asked."))
                .with_hint("Say what to do with --conflict skip, overwrite or rename."));
        }
        loop {
            let question = format!(
                "{} is taken: [s]kip, [o]verwrite, [r]ename, or S, O, R for all: ",
                escaped(name)
            );
            if let Some((decided, all)) = answer(&prompt::ask(question).await?) {
                self.for_all = all.then_some(decided);
                return Ok(decided);
            }
        }
    }
}

/// An answer, and whether it is for all. No answer leaves what is there.
fn answer(typed: &str) -> Option<(Conflict, bool)> {
    match typed {
        "" | "s" => Some((Conflict::Skip, false)),
        "S" => Some((Conflict::Skip, true)),
        "o" => Some((Conflict::Overwrite, false)),
        "O" => Some((Conflict::Overwrite, true)),
        "r" => Some((Conflict::Rename, false)),
        "R" => Some((Conflict::Rename, true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capital_letter_is_for_all_and_silence_changes_nothing() {
        assert_eq!(answer("o"), Some((Conflict::Overwrite, false)));
        assert_eq!(answer("O"), Some((Conflict::Overwrite, true)));
        assert_eq!(answer(""), Some((Conflict::Skip, false)));
        assert_eq!(answer("yes"), None);
    }
}
