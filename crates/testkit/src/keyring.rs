//! A private session bus with a real Secret Service on it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::Error;
use crate::process::{Daemon, program, require, run};

/// Both programs normally answer in well under a second.
const START_LIMIT: Duration = Duration::from_secs(30);
/// One question to the bus.
const CALL_LIMIT: Duration = Duration::from_secs(10);

/// A bus of one's own and an unlocked, empty keyring on it. Both end, and everything stored goes, when this is
/// dropped.
///
/// The bus starts no services by itself, so nothing of the machine's own desktop can answer instead.
#[derive(Debug)]
pub struct Keyring {
    address: String,
    _service: Option<Daemon>,
    _bus: Daemon,
    folder: TempDir,
}

impl Keyring {
    /// Starts a bus and a keyring unlocked with a password of no account's; blocks until a secret can be stored.
    pub fn start() -> Result<Self, Error> {
        require(&["dbus-send", "gnome-keyring-daemon"])?;
        let bus = Self::start_without_service()?;
        let mut service = start_service(bus.folder.path(), &bus.address)?;
        service.wait_until(START_LIMIT, || has_default_collection(&bus.address))?;
        Ok(Self {
            _service: Some(service),
            ..bus
        })
    }

    /// Starts the bus alone: a desktop without a keychain.
    pub fn start_without_service() -> Result<Self, Error> {
        let folder = tempfile::tempdir().map_err(Error::io("make a temporary folder"))?;
        let socket = folder.path().join("bus");
        let address = format!("unix:path={}", socket.display());
        let config = folder.path().join("bus.conf");
        fs::write(&config, bus_config(&address)).map_err(Error::io(format!("write {}", config.display())))?;
        let mut command = program("dbus-daemon")?;
        command
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--nopidfile"]);
        let mut bus = Daemon::start("dbus-daemon", command, &folder.path().join("bus.log"))?;
        bus.wait_until(START_LIMIT, || socket.exists())?;
        Ok(Self {
            address,
            _service: None,
            _bus: bus,
            folder,
        })
    }

    /// The variables a program needs to find this bus and this keyring.
    pub fn environment(&self) -> Vec<(String, String)> {
        vec![("DBUS_SESSION_BUS_ADDRESS".to_owned(), self.address.clone())]
    }

    /// The folder with the keyring's files, which hold stored secrets only in encrypted form.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// A session bus for this user, without any service files.
fn bus_config(address: &str) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#
    )
}

fn start_service(folder: &Path, address: &str) -> Result<Daemon, Error> {
    let home = |name: &str| folder.join(name);
    for name in ["data", "runtime"] {
        fs::create_dir(home(name)).map_err(Error::io(format!("make {}", home(name).display())))?;
    }
    restrict(&home("runtime"))?;
    // The password is read from standard input. Without any byte there the daemon makes no login collection, and so
    // nothing could be stored.
    let password = folder.join("password");
    fs::write(&password, "\n").map_err(Error::io("write the keyring's password"))?;
    let password = fs::File::open(password).map_err(Error::io("read the keyring's password"))?;
    let mut command = program("gnome-keyring-daemon")?;
    command
        .args([
            "--foreground",
            "--unlock",
            "--components=secrets",
            "--control-directory",
        ])
        .arg(home("runtime"));
    command
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .env_remove("GNOME_KEYRING_CONTROL");
    command
        .env("XDG_DATA_HOME", home("data"))
        .env("XDG_RUNTIME_DIR", home("runtime"))
        .env("HOME", folder);
    command.stdin(password);
    Daemon::start("gnome-keyring-daemon", command, &folder.join("keyring.log"))
}

#[cfg(unix)]
fn restrict(folder: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt as _;

    let owner_only = fs::Permissions::from_mode(0o700);
    fs::set_permissions(folder, owner_only).map_err(Error::io(format!("restrict {}", folder.display())))
}

#[cfg(not(unix))]
fn restrict(_folder: &Path) -> Result<(), Error> {
    Err(Error::new(ErrorKind::Missing, "start a Secret Service on this system"))
}

/// The service owns its name before the login collection exists; only with a default collection can secrets be stored.
fn has_default_collection(address: &str) -> bool {
    let question = [
        &format!("--bus={address}"),
        "--print-reply=literal",
        "--dest=org.freedesktop.secrets",
        "/org/freedesktop/secrets",
        "org.freedesktop.Secret.Service.ReadAlias",
        "string:default",
    ];
    run("dbus-send", question, CALL_LIMIT).is_ok_and(|answer| answer.contains("/org/freedesktop/secrets/collection"))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use super::*;

    fn secret_tool(keyring: &Keyring, arguments: &[&str], input: &str) -> (bool, String) {
        let mut command = Command::new("secret-tool");
        command
            .args(arguments)
            .envs(keyring.environment())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    }

    #[test]
    fn a_stored_secret_is_found_again_and_only_in_its_own_keyring() {
        let (keyring, other) = (Keyring::start().unwrap(), Keyring::start().unwrap());
        let store = ["store", "--label=test", "account", "one"];
        assert!(secret_tool(&keyring, &store, "sesame").0);
        assert_eq!(
            secret_tool(&keyring, &["lookup", "account", "one"], ""),
            (true, "sesame".into())
        );
        assert_eq!(secret_tool(&other, &["lookup", "account", "one"], "").1, "");
    }

    #[test]
    fn without_the_service_nothing_can_be_stored() {
        let bus = Keyring::start_without_service().unwrap();
        assert!(!secret_tool(&bus, &["store", "--label=test", "account", "one"], "sesame").0);
    }
}
