//! A virtual X display.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::process::{Daemon, program};
use crate::{Error, ErrorKind};

/// An X server normally answers in well under a second.
const START_LIMIT: Duration = Duration::from_secs(30);

/// An Xvfb on a display number nobody else has; it ends when this is dropped.
#[derive(Debug)]
pub struct Display {
    name: String,
    _server: Daemon,
    _folder: TempDir,
}

impl Display {
    /// Starts one of this size in pixels, with 24 bits of colour, and blocks until it takes connections.
    pub fn start(width: u32, height: u32) -> Result<Self, Error> {
        let folder = tempfile::tempdir().map_err(Error::io("make a temporary folder"))?;
        let mut command = program("Xvfb")?;
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            &format!("{width}x{height}x24"),
            "-nolisten",
            "tcp",
        ]);
        command.args(["-noreset"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = Daemon::start_as_is("Xvfb", command, &folder.path().join("Xvfb.log"))?;
        let name = display_number(&mut server)?;
        Ok(Self {
            name: format!(":{name}"),
            _server: server,
            _folder: folder,
        })
    }

    /// The value for `DISPLAY`, such as `:99`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The variables a program needs to show itself here, and not on a Wayland session it may have inherited.
    pub fn environment(&self) -> Vec<(String, String)> {
        [
            ("DISPLAY", self.name.as_str()),
            ("GDK_BACKEND", "x11"),
            ("WAYLAND_DISPLAY", ""),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }
}

/// Xvfb writes the number on its standard output once it takes connections.
fn display_number(server: &mut Daemon) -> Result<String, Error> {
    let output = server.child().stdout.take();
    let (sender, numbers) = sync_channel(1);
    thread::spawn(move || {
        let mut line = String::new();
        let read = output.map(|output| BufReader::new(output).read_line(&mut line));
        // The receiver may have given up waiting, and then needs no answer.
        drop(sender.send(read.map(|_| line.trim().to_owned())));
    });
    match numbers.recv_timeout(START_LIMIT) {
        Ok(Some(number)) if !number.is_empty() => Ok(number),
        Ok(_) => Err(Error::new(ErrorKind::Failed, "start Xvfb")),
        Err(_) => Err(Error::new(ErrorKind::Timeout, "start Xvfb")),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::path::PathBuf;

    use super::*;

    fn socket(display: &Display) -> PathBuf {
        PathBuf::from(format!("/tmp/.X11-unix/X{}", display.name().trim_start_matches(':')))
    }

    #[test]
    fn several_displays_run_side_by_side_and_end_with_their_owner() {
        let displays = [Display::start(800, 600).unwrap(), Display::start(1280, 800).unwrap()];
        assert_ne!(displays[0].name(), displays[1].name());
        for display in &displays {
            std::os::unix::net::UnixStream::connect(socket(display)).unwrap();
        }
        let sockets = displays.each_ref().map(socket);
        drop(displays);
        for socket in sockets {
            std::os::unix::net::UnixStream::connect(socket).unwrap_err();
        }
    }
}
