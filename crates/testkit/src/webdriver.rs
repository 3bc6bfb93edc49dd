//! WebKit's own WebDriver.

use std::time::Duration;

use tempfile::TempDir;

use crate::port::Reserved;
use crate::process::{Daemon, program};
use crate::{Error, ErrorKind};

/// It normally answers in well under a second.
const START_LIMIT: Duration = Duration::from_secs(30);
/// How often a lost race for the port is tried again.
const ATTEMPTS: usize = 3;

/// A `WebKitWebDriver` on a free port. When this is dropped it ends, and every program it started for a session with it.
#[derive(Debug)]
pub struct WebDriver {
    port: u16,
    _driver: Daemon,
    _folder: TempDir,
}

impl WebDriver {
    /// Starts one whose sessions' programs get this environment on top of the process's own: the display, the bus, the
    /// variables of the program under test. Blocks until it takes connections.
    pub fn start<K: AsRef<str>, V: AsRef<str>>(environment: &[(K, V)]) -> Result<Self, Error> {
        let mut attempt = 1;
        loop {
            match Self::start_once(environment) {
                Err(error) if error.kind() == ErrorKind::Failed && attempt < ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    fn start_once<K: AsRef<str>, V: AsRef<str>>(environment: &[(K, V)]) -> Result<Self, Error> {
        let folder = tempfile::tempdir().map_err(Error::io("make a temporary folder"))?;
        let mut command = program("WebKitWebDriver")?;
        for (name, value) in environment {
            command.env(name.as_ref(), value.as_ref());
        }
        let reserved = Reserved::new()?;
        let port = reserved.number();
        command.args(["--host=127.0.0.1", &format!("--port={port}")]);
        reserved.release();
        let mut driver = Daemon::start("WebKitWebDriver", command, &folder.path().join("driver.log"))?;
        driver.wait_until(START_LIMIT, || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        })?;
        Ok(Self {
            port,
            _driver: driver,
            _folder: folder,
        })
    }

    /// `http://127.0.0.1:PORT`, where sessions are made.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::http::Stranger;

    #[tokio::test]
    async fn it_says_that_it_is_ready_and_ends_with_its_owner() {
        let driver = WebDriver::start(&[("DISPLAY", ":0")]).unwrap();
        let address = format!("{}/status", driver.url());
        let answer = Stranger::new().get(&address).await.unwrap();
        assert!(answer.text().contains("\"ready\":true"), "{}", answer.text());
        drop(driver);
        Stranger::new().get(&address).await.unwrap_err();
    }
}
