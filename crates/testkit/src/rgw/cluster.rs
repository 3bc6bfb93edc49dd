//! The processes of a gateway, in the order they need one another: monitor, OSD, users, gateway.
//!
//! Ports are chosen free, but the programs bind them only a moment later. When somebody else was faster, the whole
//! cluster is started again with other ports.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::config::Config;
use super::{Tls, users};
use crate::Certificate;
use crate::port::Reserved;
use crate::process::{Daemon, program, require, run};
use crate::{Error, ErrorKind};

/// Generous, for machines with more work than processors; a quiet one needs a tenth.
const START_LIMIT: Duration = Duration::from_secs(90);
/// A single call of one of Ceph's tools.
const CALL_LIMIT: Duration = Duration::from_mins(1);
/// What has to be installed.
const PROGRAMS: &[&str] = &[
    "ceph",
    "ceph-mon",
    "ceph-osd",
    "monmaptool",
    "radosgw",
    "radosgw-admin",
    "setpriv",
];
/// How often a lost race for a port is tried again.
const ATTEMPTS: usize = 3;
/// The folders' names begin so; the process id that follows tells which are left over.
const FOLDER_PREFIX: &str = "dipper-rgw-";

/// A running cluster: the processes end first, then the folder goes.
#[derive(Debug)]
pub(super) struct Cluster {
    _daemons: Vec<Daemon>,
    config: PathBuf,
    http_port: u16,
    tls: Option<(u16, Certificate)>,
    _folder: TempDir,
}

impl Cluster {
    /// Starts everything and waits until the gateway answers.
    pub(super) fn start(tls: Tls) -> Result<Self, Error> {
        require(PROGRAMS)?;
        remove_left_over_folders();
        let mut attempt = 1;
        loop {
            match Self::start_once(tls) {
                Err(error) if error.kind() == ErrorKind::Failed && attempt < ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.http_port)
    }

    pub(super) fn tls_endpoint(&self) -> Option<String> {
        self.tls.as_ref().map(|(port, _)| format!("https://localhost:{port}"))
    }

    pub(super) fn ca_certificate(&self) -> Option<PathBuf> {
        self.tls.as_ref().map(|(_, certificate)| certificate.authority.clone())
    }

    pub(super) fn config(&self) -> &Path {
        &self.config
    }

    fn start_once(tls: Tls) -> Result<Self, Error> {
        let folder = new_folder()?;
        let at = folder.path();
        let id = random_id()?;
        let (monitor_port, http_port) = (Reserved::new()?, Reserved::new()?);
        let (tls_port, certificate) = match tls {
            Tls::Off => (None, None),
            Tls::On => (Some(Reserved::new()?), Some(Certificate::create(at)?)),
        };
        let (monitor, http) = (monitor_port.number(), http_port.number());
        let tls = tls_port.as_ref().map(Reserved::number).zip(certificate);
        let config = at.join("ceph.conf");
        let text = Config {
            folder: at,
            cluster_id: &id,
            monitor_port: monitor,
            http_port: http,
            tls: tls.as_ref().map(|(port, certificate)| (*port, certificate)),
        };
        fs::write(&config, text.text()).map_err(Error::io(format!("write {}", config.display())))?;

        let place = Place {
            folder: at,
            config: &config,
        };
        let mut monitor = place.start_monitor(&id, monitor_port)?;
        let osd = place.start_osd(&mut monitor)?;
        users::create_first(&config)?;
        http_port.release();
        if let Some(port) = tls_port {
            port.release();
        }
        let gateway = place.start_gateway(http)?;
        users::create_others(&config)?;
        Ok(Self {
            _daemons: vec![gateway, osd, monitor],
            config,
            http_port: http,
            tls,
            _folder: folder,
        })
    }
}

/// Where a cluster is being made.
#[derive(Clone, Copy)]
struct Place<'a> {
    folder: &'a Path,
    config: &'a Path,
}

impl Place<'_> {
    fn start_monitor(self, cluster_id: &str, port: Reserved) -> Result<Daemon, Error> {
        let map = self.path("monmap");
        let address = format!("[v1:127.0.0.1:{}]", port.number());
        let map_arguments = [
            "--create",
            "--clobber",
            "--fsid",
            cluster_id,
            "--addv",
            "a",
            &address,
            &map,
        ];
        run("monmaptool", map_arguments, CALL_LIMIT)?;
        run(
            "ceph-mon",
            ["-c", &self.config_file(), "--mkfs", "-i", "a", "--monmap", &map],
            CALL_LIMIT,
        )?;
        port.release();
        self.daemon("ceph-mon", &["-i", "a", "-f"])
    }

    fn start_osd(self, monitor: &mut Daemon) -> Result<Daemon, Error> {
        let id = random_id()?;
        let config = self.config_file();
        // The monitor refuses until its first election is over.
        let register = ["-c", &config, "--connect-timeout", "20", "osd", "new", &id];
        monitor.wait_until(START_LIMIT, || run("ceph", register, CALL_LIMIT).is_ok())?;
        run(
            "ceph-osd",
            ["-c", &config, "-i", "0", "--mkfs", "--osd-uuid", &id],
            CALL_LIMIT,
        )?;
        let mut osd = self.daemon("ceph-osd", &["-i", "0", "-f"])?;
        // A client that asks for a pool before the OSD is up can wait for ever.
        let state = ["-c", &config, "--connect-timeout", "20", "osd", "stat"];
        osd.wait_until(START_LIMIT, || {
            run("ceph", state, CALL_LIMIT).is_ok_and(|text| text.contains("1 up"))
        })?;
        Ok(osd)
    }

    fn start_gateway(self, port: u16) -> Result<Daemon, Error> {
        let mut gateway = self.daemon("radosgw", &["-n", "client.rgw.a", "-f"])?;
        gateway.wait_until(START_LIMIT, || answers(port))?;
        Ok(gateway)
    }

    fn daemon(self, name: &str, arguments: &[&str]) -> Result<Daemon, Error> {
        let mut command = program(name)?;
        command.arg("-c").arg(self.config).args(arguments);
        Daemon::start(name, command, &self.folder.join(format!("{name}.out")))
    }

    fn config_file(self) -> String {
        self.config.display().to_string()
    }

    fn path(self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }
}

fn new_folder() -> Result<TempDir, Error> {
    let prefix = format!("{FOLDER_PREFIX}{}-", std::process::id());
    let folder = tempfile::Builder::new()
        .prefix(&prefix)
        .tempdir()
        .map_err(Error::io("make a temporary folder"))?;
    for name in ["mon", "osd", "rgw"] {
        let path = folder.path().join(name);
        fs::create_dir(&path).map_err(Error::io(format!("make {}", path.display())))?;
    }
    Ok(folder)
}

/// Removes the folders of processes that were killed before they could. Best effort: another process may be doing
/// the same.
fn remove_left_over_folders() {
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name
            .to_str()
            .and_then(|name| name.strip_prefix(FOLDER_PREFIX)?.split('-').next()?.parse().ok());
        if owner.is_some_and(|owner: u32| !Path::new("/proc").join(owner.to_string()).exists()) {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

/// A random id in the kernel's spelling, 8-4-4-4-12.
fn random_id() -> Result<String, Error> {
    let source = "/proc/sys/kernel/random/uuid";
    fs::read_to_string(source)
        .map(|id| id.trim().to_owned())
        .map_err(Error::io(format!("read {source}")))
}

/// Whether an HTTP server answers there.
fn answers(port: u16) -> bool {
    status_line(port).is_ok_and(|line| line.starts_with("HTTP/1."))
}

fn status_line(port: u16) -> std::io::Result<String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
