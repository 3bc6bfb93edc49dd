//! The commands, one module each. A command asks the app and writes what it says; it knows no server.

pub(crate) mod accounts;
mod acl;
pub(crate) mod cat;
pub(crate) mod completions;
pub(crate) mod cp;
mod du;
pub(crate) mod link;
mod ls;
mod mb;
mod mv;
mod put;
mod rb;
mod rm;
mod stat;

use dipper_app::UploadAccess;

use crate::arguments::{AclName, Command};
use crate::exit::{Code, Failure};
use crate::session::Session;

/// Runs a command. What was written is on its way when this returns.
pub(crate) async fn run(session: &Session, command: Command) -> Result<Code, Failure> {
    let code = match command {
        Command::Accounts { action } => accounts::run(session, action).await,
        Command::Ls(arguments) => ls::run(session, &arguments).await,
        Command::Mb { places } => mb::run(session, &places).await,
        Command::Rb(arguments) => rb::run(session, &arguments).await,
        Command::Cp(arguments) => cp::run(session, arguments).await,
        Command::Mv(arguments) => mv::run(session, &arguments).await,
        Command::Rm(arguments) => rm::run(session, &arguments).await,
        Command::Cat(arguments) => cat::run(session, &arguments).await,
        Command::Put(arguments) => put::run(session, arguments).await,
        Command::Acl(arguments) => acl::run(session, arguments).await,
        Command::Link(arguments) => link::run(session, &arguments).await,
        Command::Stat { places } => stat::run(session, &places).await,
        Command::Du(arguments) => du::run(session, &arguments).await,
        Command::Completions { shell } => completions::run(shell),
    }?;
    session.out.flush()?;
    Ok(code)
}

/// Who may read what is sent.
fn access(acl: Option<AclName>) -> UploadAccess {
    match acl {
        None => UploadAccess::ServerDefault,
        Some(AclName::Private) => UploadAccess::Private,
        Some(AclName::Public) => UploadAccess::Public,
    }
}
