//! The command line as it is typed. The words here are what `--help` says.

#![expect(clippy::doc_markdown, reason = "--help would show backticks")]

mod copying;

use std::ffi::OsStr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

pub(crate) use copying::{CopyAclName, CpArguments, HowToCopy, MvArguments};

use crate::place::{Argument, Owner};
use crate::{environment, exit};

/// Buckets and objects of S3-compatible storage, from the command line.
///
/// A place is account:bucket/key, where the account is the name or id of one that dip or the window saved. s3://bucket/key and
/// :bucket/key mean the account from the environment, or the only one that is saved. Everything else is a file; one with a
/// colon in its name is written ./like:this. In keys, * and ? match between slashes and ** across them: put quotes around
/// them, and a backslash in front of one that is meant itself.
#[derive(Debug, Parser)]
#[command(
    name = "dip",
    version,
    disable_help_flag = true,
    max_term_width = 100,
    after_help = exit::TABLE,
    after_long_help = format!("{}\n\n{}", exit::TABLE, environment::TABLE)
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct Global {
    /// Write one JSON object a line; errors too, on standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Draw no progress and say nothing where all is well
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Whose bucket/key it is where a place names no account
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// dip's own folder, in place of the one it shares with the window
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) data_folder: Option<PathBuf>,
    /// Say what a command does and takes
    #[arg(long, global = true, action = ArgAction::Help)]
    help: Option<bool>,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List, add, test or remove saved accounts
    Accounts {
        #[command(subcommand)]
        action: Option<AccountsCommand>,
    },
    /// List accounts, buckets or objects
    Ls(LsArguments),
    /// Make buckets
    Mb {
        /// The buckets
        #[arg(required = true, value_name = "PLACE")]
        places: Vec<String>,
    },
    /// Delete a bucket
    Rb(RbArguments),
    /// Copy files to a bucket, objects to files, or objects to another place
    Cp(CpArguments),
    /// Move objects to another key, bucket or account
    Mv(MvArguments),
    /// Delete objects
    Rm(RmArguments),
    /// Write objects to standard output, byte for byte
    Cat(CatArguments),
    /// Store standard input as an object, byte for byte
    Put(PutArguments),
    /// Show who can read something, or make it public or private
    Acl(AclArguments),
    /// Make links: plain ones for what is public, or ones that expire
    Link(LinkArguments),
    /// Show what the server tells about objects and buckets
    Stat {
        /// Objects or buckets
        #[arg(required = true, value_name = "PLACE")]
        places: Vec<String>,
    },
    /// Sum up how much is in a bucket or below a prefix
    Du(DuArguments),
    /// Write completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountsCommand {
    /// List the saved accounts (also without a word)
    List,
    /// Save an account, its secret key in the system's keychain
    ///
    /// The secret key is asked for, or read from standard input, or taken from DIP_SECRET_ACCESS_KEY. It is never an
    /// argument: those can be seen by everybody on the computer.
    Add(AddArguments),
    /// Try the connection of an account
    Test {
        /// Its name or id; without one, the account that needs no name
        account: Option<String>,
    },
    /// Forget an account and its secret key; nothing on the server changes
    Remove {
        /// Its name or id
        account: String,
        /// Do not ask
        #[arg(short, long)]
        yes: bool,
    },
}

/// A new account.
#[derive(Args, Debug)]
pub(crate) struct AddArguments {
    /// The name to find it by
    pub(crate) name: String,
    /// host, host:port or a whole URL
    #[arg(long, required_unless_present = "amazon")]
    pub(crate) endpoint: Option<String>,
    /// It is Amazon S3
    #[arg(long)]
    pub(crate) amazon: bool,
    /// The access key ID
    #[arg(long, value_name = "ID")]
    pub(crate) access_key_id: String,
    /// The region; us-east-1 where there is none
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) region: String,
    /// The Project ID (tenant) that links need on some services
    #[arg(long, value_name = "ID")]
    pub(crate) project_id: Option<String>,
    /// Where the bucket's name goes in a request
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) addressing: AddressingName,
    /// How requests are signed
    #[arg(long, value_enum, default_value = "v4")]
    pub(crate) signature: SignatureName,
    /// A CA certificate to trust for this account (PEM or DER)
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// SHA-256 of the one server certificate to trust
    #[arg(long, value_name = "SHA256")]
    pub(crate) pin: Option<String>,
    /// Agree to plain http to another computer
    #[arg(long)]
    pub(crate) plain_http: bool,
    /// Save it without trying the connection
    #[arg(long)]
    pub(crate) no_test: bool,
}

/// Where the bucket's name goes.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum AddressingName {
    Auto,
    Path,
    Virtual,
}

/// How requests are signed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SignatureName {
    V4,
    V2,
}

/// What `ls` takes.
#[derive(Args, Debug)]
pub(crate) struct LsArguments {
    /// Nothing for accounts, account: for buckets, account:bucket/prefix for objects
    #[arg(value_name = "PLACE")]
    pub(crate) places: Vec<String>,
    /// Everything below
    #[arg(short, long)]
    pub(crate) recursive: bool,
    /// Sizes as people say them, not in exact bytes
    #[arg(short = 'h', long)]
    pub(crate) human: bool,
}

/// What `rb` takes.
#[derive(Args, Debug)]
pub(crate) struct RbArguments {
    /// The bucket
    #[arg(value_name = "PLACE")]
    pub(crate) place: String,
    /// Empty it first, of older versions and unfinished uploads too
    #[arg(long)]
    pub(crate) force: bool,
    /// Do not ask
    #[arg(short, long)]
    pub(crate) yes: bool,
}

/// Who may read a new object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AclName {
    Private,
    Public,
}

/// What `rm` takes.
#[derive(Args, Debug)]
pub(crate) struct RmArguments {
    /// Objects, or with -r what is below a prefix
    #[arg(required = true, value_name = "PLACE")]
    pub(crate) places: Vec<String>,
    /// Everything below
    #[arg(short, long)]
    pub(crate) recursive: bool,
    /// Say what would go, and delete nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    pub(crate) yes: bool,
}

/// What `cat` takes.
#[derive(Args, Debug)]
pub(crate) struct CatArguments {
    /// The objects
    #[arg(required = true, value_name = "PLACE")]
    pub(crate) places: Vec<String>,
    /// Only these bytes: 0-99 (both included), 100- (to the end), -100 (the last ones)
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true, value_parser = crate::commands::cat::range)]
    pub(crate) range: Option<dipper_app::ByteRange>,
}

/// What `put` takes.
#[derive(Args, Debug)]
pub(crate) struct PutArguments {
    /// The object
    #[arg(value_name = "PLACE")]
    pub(crate) place: String,
    /// Replace the object that is there; else that is an error
    #[arg(short = 'f', long)]
    pub(crate) overwrite: bool,
    /// The content type, in place of what the name's ending says
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// Who may read it; the server decides where nothing is said
    #[arg(long, value_enum)]
    pub(crate) acl: Option<AclName>,
}

/// What `acl` takes.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub(crate) struct AclArguments {
    #[command(subcommand)]
    pub(crate) action: Option<AclCommand>,
    /// The bucket or object to show
    #[arg(value_name = "PLACE")]
    pub(crate) place: Option<String>,
}

/// What can be done about who may read.
#[derive(Debug, Subcommand)]
pub(crate) enum AclCommand {
    /// Let anyone read
    Public {
        /// A bucket, an object, or with -r what is below a prefix
        #[arg(value_name = "PLACE")]
        place: String,
        /// Everything below
        #[arg(short, long)]
        recursive: bool,
        /// Of a bucket: the list of names
        #[arg(long)]
        listing: bool,
        /// Of a bucket: the objects that are there now
        #[arg(long)]
        existing: bool,
        /// Of a bucket: everything that is uploaded later
        #[arg(long)]
        future: bool,
        /// Leave objects as they are whose names look sensitive
        #[arg(long)]
        skip_sensitive: bool,
        /// Do not ask
        #[arg(short, long)]
        yes: bool,
    },
    /// Let nobody read who was not let in by name
    Private {
        /// A bucket, an object, or with -r what is below a prefix
        #[arg(value_name = "PLACE")]
        place: String,
        /// Everything below
        #[arg(short, long)]
        recursive: bool,
        /// Do not ask
        #[arg(short, long)]
        yes: bool,
    },
}

/// What `link` takes.
#[derive(Args, Debug)]
pub(crate) struct LinkArguments {
    /// Objects; or a bucket, for a plain link to its list
    #[arg(required = true, value_name = "PLACE")]
    pub(crate) places: Vec<String>,
    /// A link for those who have it, for so long: 90s, 30m, 12h, 7d
    #[arg(long, value_name = "TIME", value_parser = crate::commands::link::duration)]
    pub(crate) expires: Option<Duration>,
    /// Signed in the older way, signature version 2
    #[arg(long, requires = "expires")]
    pub(crate) v2: bool,
    /// The scheme in the link, where it is not the account's
    #[arg(long, value_enum)]
    pub(crate) scheme: Option<SchemeName>,
    /// Without the account's Project ID
    #[arg(long)]
    pub(crate) no_project_id: bool,
}

/// The scheme in a link.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SchemeName {
    Http,
    Https,
}

/// What `du` takes.
#[derive(Args, Debug)]
pub(crate) struct DuArguments {
    /// Buckets, prefixes or patterns
    #[arg(required = true, value_name = "PLACE")]
    pub(crate) places: Vec<String>,
    /// Sizes as people say them, not in exact bytes
    #[arg(short = 'h', long)]
    pub(crate) human: bool,
}

impl Command {
    /// Whether an account may be used that is saved, so that its secret lies in the keychain.
    pub(crate) fn uses_saved_accounts(&self) -> bool {
        let named =
            |text: &OsStr| matches!(Argument::read(text), Argument::Place(place) if place.owner != Owner::Default);
        let any = |texts: &[String]| texts.iter().any(|text| named(text.as_ref()));
        match self {
            Self::Accounts { .. } => true,
            Self::Completions { .. } => false,
            Self::Ls(LsArguments { places, .. })
            | Self::Mb { places }
            | Self::Mv(MvArguments { places, .. })
            | Self::Rm(RmArguments { places, .. })
            | Self::Cat(CatArguments { places, .. })
            | Self::Link(LinkArguments { places, .. })
            | Self::Stat { places }
            | Self::Du(DuArguments { places, .. }) => any(places),
            Self::Rb(RbArguments { place, .. }) | Self::Put(PutArguments { place, .. }) => named(place.as_ref()),
            Self::Cp(CpArguments { places, .. }) => places.iter().any(|text| named(text)),
            Self::Acl(AclArguments { action, place }) => match action {
                Some(AclCommand::Public { place, .. } | AclCommand::Private { place, .. }) => named(place.as_ref()),
                None => place.as_deref().is_some_and(|place| named(place.as_ref())),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn h_is_for_human_sizes_and_help_is_written_out() {
        let arguments = Arguments::try_parse_from(["dip", "ls", "-rh", "work:b"]).unwrap();
        assert!(matches!(
            arguments.command,
            Command::Ls(LsArguments {
                human: true,
                recursive: true,
                ..
            })
        ));
        for line in [
            &["dip", "--help"][..],
            &["dip", "cp", "--help"],
            &["dip", "accounts", "add", "--help"],
        ] {
            let error = Arguments::try_parse_from(line).unwrap_err();
            assert_eq!(error.exit_code(), 0, "{error}");
        }
        assert_eq!(
            Arguments::try_parse_from(["dip", "cp", "one"]).unwrap_err().exit_code(),
            2
        );
    }

    #[test]
    fn the_keychain_is_for_saved_accounts_only() {
        let uses = |line: &[&str]| Arguments::try_parse_from(line).unwrap().command.uses_saved_accounts();
        assert!(uses(&["dip", "ls", "work:photos"]));
        assert!(uses(&["dip", "cp", "a", "work:photos/"]));
        assert!(uses(&["dip", "acl", "public", "work:photos/a"]));
        assert!(uses(&["dip", "accounts"]));
        assert!(!uses(&["dip", "ls", "photos"]));
        assert!(!uses(&["dip", "cp", "a", "s3://photos/"]));
        assert!(!uses(&["dip", "acl", ":photos/a"]));
    }
}
