//! Questions to the person at the terminal. Without one nothing is asked: a command then needs to be told beforehand.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use dipper_app::SecretString;

use crate::exit::{Code, Failure};

/// Whether somebody can be asked.
pub(crate) fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for a yes, unless it was given beforehand. Without a terminal that is a refusal.
pub(crate) async fn confirm(question: String, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !is_possible() {
        return Err(
            Failure::usage(format!("Not done, because nobody can be asked: {question}"))
                .with_hint("Say yes beforehand with -y."),
        );
    }
    let answer = ask(format!("{question} [y/N] ")).await?;
    if matches!(answer.to_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Failure::new(Code::Failed, "Nothing was done."))
}

/// Asks and gives the answer without its end of line. The end of the input is an empty answer.
pub(crate) async fn ask(question: String) -> Result<String, Failure> {
    blocking(move || {
        let mut error = io::stderr().lock();
        error.write_all(question.as_bytes())?;
        error.flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(answer.trim().to_owned())
    })
    .await
}

/// A secret: typed without echo at a terminal, else the first line of the standard input.
pub(crate) async fn secret(question: &str) -> Result<SecretString, Failure> {
    let question = question.to_owned();
    blocking(move || {
        if is_possible() {
            return rpassword::prompt_password(question).map(SecretString::from);
        }
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        Ok(SecretString::from(line.trim_end_matches(['\r', '\n'])))
    })
    .await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Failure> {
    let failed = |cause: io::Error| Failure::new(Code::Failed, format!("Could not ask: {cause}."));
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => answer.map_err(failed),
        Err(cause) => Err(failed(io::Error::other(cause))),
    }
}
