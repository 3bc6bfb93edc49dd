//! A person's desk: a screen, a keychain, home folders of its own, and hands that move the real pointer.
//!
//! Everything a program under test may write goes below [`Desk::home`], so that a test can search all of it.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use dipper_testkit::{Display, Keyring};
use tempfile::TempDir;

use crate::window::Failure;

/// The screen is wider than the window, so that files can be dragged in from beside it.
const SCREEN: (u32, u32) = (1600, 900);
/// Where the window of files stands.
const FILES_AT: (i32, i32) = (1400, 300);
/// Between two moves of the pointer: toolkits start a drag only after some motion over some time.
const STEP: Duration = Duration::from_millis(30);

/// A screen, a keychain and a home.
#[derive(Debug)]
pub struct Desk {
    display: Display,
    keyring: Keyring,
    home: TempDir,
}

impl Desk {
    /// A desk with an unlocked keychain.
    pub fn new() -> Result<Self, Failure> {
        Self::with(Keyring::start()?)
    }

    /// A desk on which no program offers a keychain.
    pub fn without_keychain() -> Result<Self, Failure> {
        Self::with(Keyring::start_without_service()?)
    }

    fn with(keyring: Keyring) -> Result<Self, Failure> {
        let desk = Self {
            display: Display::start(SCREEN.0, SCREEN.1)?,
            keyring,
            home: tempfile::tempdir()?,
        };
        for name in ["config", "data", "cache", "state", "Downloads", "tmp", "runtime"] {
            std::fs::create_dir(desk.home().join(name))?;
        }
        std::fs::write(
            desk.home().join("config/user-dirs.dirs"),
            "XDG_DOWNLOAD_DIR=\"$HOME/Downloads\"\n",
        )?;
        Ok(desk)
    }

    /// The folder all of the desk's programs write below.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Where downloads go that nobody was asked about.
    pub fn downloads(&self) -> PathBuf {
        self.home().join("Downloads")
    }

    /// The keychain's own files, in which secrets stand only encrypted.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// What programs on this desk find in their environment.
    pub fn environment(&self) -> Vec<(String, String)> {
        let folder = |name: &str| self.home().join(name).display().to_string();
        let mut environment = self.display.environment();
        environment.extend(self.keyring.environment());
        for (variable, name) in [
            ("HOME", ""),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_RUNTIME_DIR", "runtime"),
            ("TMPDIR", "tmp"),
        ] {
            environment.push((variable.to_owned(), folder(name)));
        }
        environment.push(("TZ".to_owned(), "UTC".to_owned()));
        environment.push(("LC_ALL".to_owned(), "C.UTF-8".to_owned()));
        environment.push(("NO_AT_BRIDGE".to_owned(), "1".to_owned()));
        environment
    }

    /// Drags these files from a window of their own to a point of the screen, with the real pointer, and lets go.
    pub async fn drag_in(
        &self,
        files: &[PathBuf],
        to: (i32, i32),
        while_over: impl AsyncFnOnce(),
    ) -> Result<(), Failure> {
        let source = FileWindow::show(self, files)?;
        self.pointer(FILES_AT.0 + 45, FILES_AT.1 + 45)?;
        self.xdotool(["mousedown", "1"])?;
        for step in 1..=4 {
            self.pointer(FILES_AT.0 + 45 - step * 12, FILES_AT.1 + 45)?;
            tokio::time::sleep(STEP).await;
        }
        let from = (FILES_AT.0, FILES_AT.1 + 45);
        for step in 1..=20 {
            let along = |start: i32, end: i32| start + (end - start) * step / 20;
            self.pointer(along(from.0, to.0), along(from.1, to.1))?;
            tokio::time::sleep(STEP).await;
        }
        while_over().await;
        self.xdotool(["mouseup", "1"])?;
        // The drop's data is fetched from the source after the button is released.
        tokio::time::sleep(Duration::from_millis(500)).await;
        drop(source);
        Ok(())
    }

    /// Types a path into the system's file dialog of this title, which no web driver sees, and confirms it. A dialog that
    /// is still being drawn loses keys, so this is done until it has closed.
    pub async fn choose_path(&self, title: &str, path: &Path) -> Result<(), Failure> {
        for _ in 0..5 {
            self.wait_for_window(title).await?;
            self.keys(&["ctrl+l", "ctrl+a"])?;
            self.type_text(&path.display().to_string())?;
            tokio::time::sleep(STEP * 15).await;
            self.keys(&["Return"])?;
            for _ in 0..20 {
                if self.windows_called(title)?.is_empty() {
                    return Ok(());
                }
                tokio::time::sleep(STEP * 3).await;
            }
        }
        Err(Failure::NotFound(format!("a file dialog “{title}” that takes a path")))
    }

    /// What the desk's keychain holds under these attributes, as `secret-tool` prints it: without the secrets.
    pub fn keychain_entries(&self, attribute: &str, value: &str) -> Result<Vec<String>, Failure> {
        let mut search = Command::new("secret-tool");
        search
            .args(["search", "--all", attribute, value])
            .envs(self.environment());
        let output = search.output()?;
        let lines = [output.stdout, output.stderr].concat();
        let lines = String::from_utf8_lossy(&lines).into_owned();
        let entries = lines.lines().filter(|line| line.starts_with('[')).map(str::to_owned);
        Ok(entries.collect())
    }

    /// The numbers of the visible windows with this in their titles.
    pub fn windows_called(&self, title: &str) -> Result<Vec<String>, Failure> {
        let mut search = Command::new("xdotool");
        search.args(["search", "--onlyvisible", "--name", title]);
        let found = search.envs(self.environment()).output()?;
        let found = String::from_utf8_lossy(&found.stdout).into_owned();
        // Toolkits have windows of a pixel that nobody sees, named after the program in small letters.
        let is_called = |window: &&str| {
            let mut name = Command::new("xdotool");
            let name = name.args(["getwindowname", window]).envs(self.environment()).output();
            name.is_ok_and(|name| String::from_utf8_lossy(&name.stdout).contains(title))
        };
        Ok(found.lines().filter(is_called).map(str::to_owned).collect())
    }

    /// The processes that drew the windows with this in their titles, hidden ones too.
    pub fn processes_called(&self, title: &str) -> Result<Vec<u32>, Failure> {
        let mut search = Command::new("xdotool");
        search.args(["search", "--name", title, "getwindowpid", "%@"]);
        let found = search.envs(self.environment()).output()?;
        let lines = String::from_utf8_lossy(&found.stdout).into_owned();
        let mut processes: Vec<u32> = lines.lines().filter_map(|line| line.trim().parse().ok()).collect();
        processes.sort_unstable();
        processes.dedup();
        Ok(processes)
    }

    /// Ends the program with this window at once, as a power cut does: it is told nothing and writes nothing more.
    pub fn kill(&self, title: &str) -> Result<(), Failure> {
        let processes = self.processes_called(title)?;
        let [process] = processes.as_slice() else {
            return Err(Failure::NotFound(format!(
                "one process called {title}, but {processes:?}"
            )));
        };
        self.run("kill", ["-KILL", &process.to_string()])
    }

    /// Gives the window with this title another size, as dragging its edge does.
    pub fn resize(&self, title: &str, (width, height): (u32, u32)) -> Result<(), Failure> {
        let windows = self.windows_called(title)?;
        let window = windows
            .first()
            .ok_or_else(|| Failure::NotFound(format!("a window called {title}")))?;
        self.xdotool(["windowsize", "--sync", window, &width.to_string(), &height.to_string()])
    }

    /// Waits for a window with this in its title, and puts the pointer into it: without a window manager the keyboard
    /// follows the pointer.
    async fn wait_for_window(&self, title: &str) -> Result<(), Failure> {
        for _ in 0..100 {
            if let Some(window) = self.windows_called(title)?.first() {
                self.xdotool(["mousemove", "--window", window, "60", "60"])?;
                return self.xdotool(["windowfocus", window]);
            }
            tokio::time::sleep(STEP * 3).await;
        }
        Err(Failure::NotFound(format!("a window called {title}")))
    }

    /// Types keys into whatever window has the focus: for dialogs of the system, which no web driver sees.
    pub fn keys(&self, keys: &[&str]) -> Result<(), Failure> {
        self.xdotool(["key", "--delay", "40"].into_iter().chain(keys.iter().copied()))
    }

    /// Types text into whatever window has the focus.
    pub fn type_text(&self, text: &str) -> Result<(), Failure> {
        self.xdotool(["type", "--delay", "20", text])
    }

    fn pointer(&self, x: i32, y: i32) -> Result<(), Failure> {
        self.xdotool(["mousemove", &x.to_string(), &y.to_string()])
    }

    fn xdotool<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Result<(), Failure> {
        self.run("xdotool", arguments)
    }

    fn run<A: AsRef<OsStr>>(&self, program: &str, arguments: impl IntoIterator<Item = A>) -> Result<(), Failure> {
        let output = Command::new(program)
            .args(arguments)
            .envs(self.environment())
            .output()?;
        if output.status.success() {
            return Ok(());
        }
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(Failure::Program {
            program: program.to_owned(),
            words,
        })
    }
}

/// The window files are dragged out of; it closes when dropped.
struct FileWindow(Child);

impl FileWindow {
    fn show(desk: &Desk, files: &[PathBuf]) -> Result<Self, Failure> {
        let program = std::env::current_exe()?
            .ancestors()
            .map(|folder| folder.join("drag-source"))
            .find(|file| file.is_file())
            .ok_or_else(|| Failure::NotFound("the program drag-source beside the tests".to_owned()))?;
        let mut command = Command::new(program);
        command
            .args([FILES_AT.0.to_string(), FILES_AT.1.to_string()])
            .args(files);
        let mut child = command.envs(desk.environment()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take();
        let window = Self(child);
        let mut line = String::new();
        output
            .map(|output| BufReader::new(output).read_line(&mut line))
            .transpose()?;
        if line.trim() == "ready" {
            Ok(window)
        } else {
            Err(Failure::NotFound("the window of files".to_owned()))
        }
    }
}

impl Drop for FileWindow {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
