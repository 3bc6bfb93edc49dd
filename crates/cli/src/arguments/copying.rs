//! What `cp` and `mv` take. The words here are what `--help` says.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

use crate::conflicts::Conflict;

/// What `cp` takes.
#[derive(Args, Debug)]
#[command(after_help = "\
A source that ends in / means what is in it: cp -r photos/ b/2026/ makes 2026/a.jpg, cp -r photos b/2026/ makes
2026/photos/a.jpg. A single file or object gets exactly the name of the target, unless that ends in / or is a folder.
With several sources, or -r, the target is a folder.")]
pub(crate) struct CpArguments {
    /// Files to send, or objects to fetch or to copy; the last one is the target
    #[arg(required = true, num_args = 2.., value_name = "SOURCE… TARGET")]
    pub(crate) places: Vec<OsString>,
    #[command(flatten)]
    pub(crate) how: HowToCopy,
    /// Who may read what is sent; the server decides where nothing is said, which mostly means nobody else
    #[arg(long, value_enum)]
    pub(crate) acl: Option<CopyAclName>,
}

/// What `mv` takes.
#[derive(Args, Debug)]
#[command(after_help = "\
Each object goes only when its copy is there and whole. A source that ends in / means what is in it: mv -r b/old/ b/new/
renames a folder. A single object gets exactly the name of the target, unless that ends in /.")]
pub(crate) struct MvArguments {
    /// Objects to move; the last one is the target
    #[arg(required = true, num_args = 2.., value_name = "SOURCE… TARGET")]
    pub(crate) places: Vec<String>,
    #[command(flatten)]
    pub(crate) how: HowToCopy,
    /// Who may read it then; without a word it keeps its access rights in one bucket, and elsewhere it is a new object
    #[arg(long, value_enum)]
    pub(crate) acl: Option<CopyAclName>,
}

/// What both take.
#[derive(Args, Debug)]
pub(crate) struct HowToCopy {
    /// Folders with everything in them
    #[arg(short, long)]
    pub(crate) recursive: bool,
    /// What to do where the name is taken: asks at a terminal, skips without one
    #[arg(long, value_enum)]
    pub(crate) conflict: Option<Conflict>,
    /// Replace what is there: --conflict overwrite
    #[arg(short = 'f', long, conflicts_with = "conflict")]
    pub(crate) overwrite: bool,
    /// Move at most so many bytes a second, all files together: 500K, 2M, 1.5G
    #[arg(long, value_name = "BYTES", value_parser = crate::commands::cp::rate)]
    pub(crate) limit: Option<u64>,
}

/// Who may read a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CopyAclName {
    Private,
    Public,
    /// Whoever may read the object that is copied, inside one account
    Keep,
}
