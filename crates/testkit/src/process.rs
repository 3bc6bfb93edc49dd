//! Child processes that never outlive their owner.
//!
//! Three ways lead to a child's end, so that a run leaves nothing behind however it ends:
//! 1. dropping a [`Daemon`] kills its whole process group, also while a panic unwinds;
//! 2. on Linux the child asks the kernel (through `setpriv`) for SIGKILL when its parent *thread* dies, which covers
//!    a test process that is itself killed;
//! 3. because of 2 every child is started from one thread that lives as long as the process: a test's own thread ends
//!    with the test, while a server it shares with others has to go on.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Error, ErrorKind};

/// How often a condition is looked at while waiting for it.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(50);

type Request = (Command, SyncSender<io::Result<Child>>);

/// The thread all children are started from (see the module's point 3). One request at a time is enough: a fork
/// takes milliseconds.
static STARTER: LazyLock<io::Result<SyncSender<Request>>> = LazyLock::new(|| {
    let (sender, requests) = sync_channel::<Request>(1);
    thread::Builder::new().name("testkit-starter".into()).spawn(move || {
        for (mut command, reply) in requests {
            // Who asked may have gone away; then the child's handle is dropped and the child dies with this process.
            drop(reply.send(command.spawn()));
        }
    })?;
    Ok(sender)
});

/// A running program, ended together with its process group when this is dropped.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
    name: String,
    log: PathBuf,
}

impl Daemon {
    /// Starts `command`, made by [`program`], with its output in `log`.
    pub(crate) fn start(name: &str, mut command: Command, log: &Path) -> Result<Self, Error> {
        let output = File::create(log).map_err(Error::io(format!("write {}", log.display())))?;
        let errors = output
            .try_clone()
            .map_err(Error::io(format!("write {}", log.display())))?;
        command.stdout(output).stderr(errors);
        Self::start_as_is(name, command, log)
    }

    /// Starts `command` with the standard streams it already has; `log` is where its complaints go.
    pub(crate) fn start_as_is(name: &str, mut command: Command, log: &Path) -> Result<Self, Error> {
        own_process_group(&mut command);
        let child = spawn(command).map_err(Error::io(format!("start {name}")))?;
        Ok(Self {
            child,
            name: name.into(),
            log: log.into(),
        })
    }

    /// The child itself, for its standard streams.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits until `ready` says so; an error when the program ends first or `limit` passes.
    pub(crate) fn wait_until(&mut self, limit: Duration, mut ready: impl FnMut() -> bool) -> Result<(), Error> {
        let started = Instant::now();
        while !ready() {
            if let Some(status) = self.ended()? {
                let kind = ErrorKind::Failed;
                return Err(Error::new(kind, format!("start {}", self.name)).with_context(self.last_words(status)));
            }
            if started.elapsed() > limit {
                let seen = tail(&self.log);
                return Err(Error::new(ErrorKind::Timeout, format!("start {}", self.name)).with_context(seen));
            }
            thread::sleep(LOOK_AGAIN_AFTER);
        }
        Ok(())
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>, Error> {
        self.child.try_wait().map_err(Error::io(format!("watch {}", self.name)))
    }

    fn last_words(&self, status: ExitStatus) -> String {
        format!("it ended with {status}; {}", tail(&self.log))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        kill_group(&mut self.child);
        // The child is dead or dying; waiting only takes its entry from the process table.
        drop(self.child.wait());
    }
}

/// A command for an installed program which, on Linux, dies with this process; [`ErrorKind::Missing`] when it is not
/// on the path.
pub(crate) fn program(name: &str) -> Result<Command, Error> {
    let path = find(name).ok_or_else(|| missing(name))?;
    let mut command = if cfg!(target_os = "linux") && find("setpriv").is_some() {
        let mut wrapped = Command::new("setpriv");
        wrapped.args(["--pdeathsig", "KILL", "--"]).arg(path);
        wrapped
    } else {
        Command::new(path)
    };
    command.stdin(Stdio::null());
    Ok(command)
}

/// Runs an installed program to its end, `limit` at most; what it printed, or an error with what it complained about.
pub(crate) fn run<S: AsRef<OsStr>>(
    name: &str,
    arguments: impl IntoIterator<Item = S>,
    limit: Duration,
) -> Result<String, Error> {
    let operation = format!("run {name}");
    let (mut output, mut complaints) = (scratch(&operation)?, scratch(&operation)?);
    let mut command = program(name)?;
    command.args(arguments);
    command.stdout(output.try_clone().map_err(Error::io(operation.clone()))?);
    command.stderr(complaints.try_clone().map_err(Error::io(operation.clone()))?);
    let mut running = Daemon::start_as_is(name, command, Path::new(""))?;
    let started = Instant::now();
    let status = loop {
        match running.ended()? {
            Some(status) => break status,
            None if started.elapsed() > limit => {
                return Err(Error::new(ErrorKind::Timeout, operation).with_context(read_from_start(&mut complaints)));
            }
            None => thread::sleep(LOOK_AGAIN_AFTER),
        }
    };
    if status.success() {
        return Ok(read_from_start(&mut output));
    }
    let complaint = read_from_start(&mut complaints);
    Err(Error::new(ErrorKind::Failed, operation).with_context(format!("{status}: {complaint}")))
}

/// A nameless file that goes when it is closed.
fn scratch(operation: &str) -> Result<File, Error> {
    tempfile::tempfile().map_err(Error::io(operation))
}

/// All that was written, as far as it can be read.
fn read_from_start(file: &mut File) -> String {
    let mut bytes = Vec::new();
    match file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut bytes)) {
        Ok(_) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => format!("(its output could not be read: {error})"),
    }
}

/// Checks that all these programs are installed; the error names the first that is not.
pub(crate) fn require(names: &[&str]) -> Result<(), Error> {
    match names.iter().find(|name| find(name).is_none()) {
        Some(name) => Err(missing(name)),
        None => Ok(()),
    }
}

/// Where a program is, as the shell would find it.
fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}

fn missing(name: &str) -> Error {
    Error::new(ErrorKind::Missing, format!("find the program {name}"))
}

fn spawn(command: Command) -> io::Result<Child> {
    let starter = STARTER
        .as_ref()
        .map_err(|error| io::Error::new(error.kind(), error.to_string()))?;
    let (reply, answer) = sync_channel(1);
    let gone = || io::Error::other("the thread that starts processes is gone");
    starter.send((command, reply)).map_err(|_| gone())?;
    answer.recv().map_err(|_| gone())?
}

#[cfg(unix)]
fn own_process_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(unix)]
fn kill_group(child: &mut Child) {
    use nix::sys::signal::{Signal, killpg};
    use nix::unistd::Pid;

    if let Ok(id) = i32::try_from(child.id()) {
        // An error means that the group is gone already, which is what was wanted.
        let _already_gone = killpg(Pid::from_raw(id), Signal::SIGKILL);
    }
}

#[cfg(not(unix))]
fn own_process_group(_command: &mut Command) {}

#[cfg(not(unix))]
fn kill_group(child: &mut Child) {
    // An error means that the process is gone already, which is what was wanted.
    drop(child.kill());
}

/// The last lines of a log, for an error message.
fn tail(log: &Path) -> String {
    let text = fs::read(log)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    format!(
        "the end of {}:\n{}",
        log.display(),
        lines[lines.len().saturating_sub(15)..].join("\n")
    )
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::thread;

    use super::*;

    fn alive(id: u32) -> bool {
        let status = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        !status.is_empty() && !status.contains(") Z ")
    }

    fn sleeper(log: &Path) -> Daemon {
        let mut command = program("sh").unwrap();
        command.args(["-c", "sleep 600 & echo $!; wait"]);
        Daemon::start("sh", command, log).unwrap()
    }

    fn grandchild(log: &Path) -> u32 {
        loop {
            if let Ok(id) = fs::read_to_string(log).unwrap().trim().parse() {
                return id;
            }
            thread::sleep(LOOK_AGAIN_AFTER);
        }
    }

    #[test]
    fn dropping_a_daemon_ends_its_children_too() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let daemon = sleeper(&log);
        let (parent, child) = (daemon.child.id(), grandchild(&log));
        assert!(alive(parent) && alive(child));
        drop(daemon);
        let started = Instant::now();
        while (alive(parent) || alive(child)) && started.elapsed() < Duration::from_secs(5) {
            thread::sleep(LOOK_AGAIN_AFTER);
        }
        assert!(!alive(parent) && !alive(child));
    }

    #[test]
    fn a_daemon_goes_on_after_the_thread_that_asked_for_it_ended() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let daemon = thread::scope(|scope| scope.spawn(|| sleeper(&log)).join().unwrap());
        thread::sleep(Duration::from_millis(300));
        assert!(alive(daemon.child.id()));
    }

    #[test]
    fn a_program_that_ends_early_is_an_error_with_its_last_words() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = program("sh").unwrap();
        command.args(["-c", "echo no such luck; exit 3"]);
        let mut daemon = Daemon::start("sh", command, &folder.path().join("log")).unwrap();
        let error = daemon.wait_until(Duration::from_secs(10), || false).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Failed);
        assert!(error.to_string().contains("no such luck"), "{error}");
    }

    #[test]
    fn a_program_that_is_not_installed_is_named() {
        let error = program("no-such-program-anywhere").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Missing);
        assert!(error.to_string().contains("no-such-program-anywhere"), "{error}");
    }

    #[test]
    fn running_too_long_is_an_error() {
        let error = run("sleep", ["30"], Duration::from_millis(200)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
    }

    #[test]
    fn a_program_that_fails_is_an_error_with_its_complaint() {
        let error = run(
            "sh",
            ["-c", "echo fine; echo broken >&2; exit 4"],
            Duration::from_secs(10),
        )
        .unwrap_err();
        assert!(error.to_string().contains("broken"), "{error}");
        assert_eq!(
            run("sh", ["-c", "echo fine"], Duration::from_secs(10)).unwrap(),
            "fine\n"
        );
    }
}
