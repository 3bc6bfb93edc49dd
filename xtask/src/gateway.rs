//! The Ceph gateway all tests of a run share.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::{repository, step};

/// Tells the tests where the gateway is described.
pub(crate) const VARIABLE: &str = "DIPPER_TEST_RGW";

/// Generous: on a quiet machine it takes a few seconds.
const START_LIMIT: Duration = Duration::from_mins(3);
/// How long it may take to end by itself.
const END_LIMIT: Duration = Duration::from_secs(20);

/// A running gateway. It ends when this is dropped, and also when this program is killed, because its host then reads
/// the end of its input.
pub(crate) struct Gateway {
    host: Child,
    description: PathBuf,
}

impl Gateway {
    /// Starts it through the test kit's `rgw-host`, which has been built.
    pub(crate) fn start() -> Result<Self, Failure> {
        step::work("starting a Ceph gateway", || {
            let mut gateway = Self::launch()?;
            gateway.wait_until_described()?;
            Ok(gateway)
        })
    }

    /// The file that describes it.
    pub(crate) fn description(&self) -> &Path {
        &self.description
    }

    fn launch() -> Result<Self, Failure> {
        let description = repository::target()?.join(format!("xtask/gateway-{}.json", std::process::id()));
        fs::create_dir_all(repository::target()?.join("xtask")).map_err(Failure::io("make target/xtask"))?;
        let log = log()?;
        let output = File::create(&log).map_err(Failure::io(format!("write {}", log.display())))?;
        let errors = output
            .try_clone()
            .map_err(Failure::io(format!("write {}", log.display())))?;
        let mut command = Command::new(repository::program("debug", "rgw-host")?);
        command
            .arg(&description)
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(errors);
        let host = command.spawn().map_err(Failure::io("start the gateway's host"))?;
        Ok(Self { host, description })
    }

    fn wait_until_described(&mut self) -> Result<(), Failure> {
        let started = Instant::now();
        while !self.description.is_file() {
            let ended = self.host.try_wait().map_err(Failure::io("watch the gateway"))?;
            if ended.is_some() || started.elapsed() > START_LIMIT {
                let words = fs::read_to_string(log()?).unwrap_or_default();
                return Err(Failure::new(format!("the Ceph gateway did not start: {words}")));
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        drop(self.host.stdin.take());
        let started = Instant::now();
        while started.elapsed() < END_LIMIT && matches!(self.host.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(50));
        }
        // It has ended, or it is made to; neither call can then say anything that matters.
        drop(self.host.kill());
        drop(self.host.wait());
    }
}

fn log() -> Result<PathBuf, Failure> {
    repository::log_file("ceph gateway")
}
