//! The real window, as a person meets it: by the names and roles of what is on the screen.
//!
//! Every action waits until its target is there and usable, so that no test sleeps. What is looked for is said the way a
//! screen reader says it; a control without a name cannot be used here, nor by people who cannot see.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use dipper_testkit::WebDriver;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use serde_json::{Value, json};

use crate::desk::Desk;

/// Long enough for a busy machine with two cores, short enough to name the step that hangs.
const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(60);

/// Why a step could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Something that should be on the screen, or on the machine, is not.
    #[error("not found: {0}")]
    NotFound(String),
    /// It did not come in time.
    #[error("waited {PATIENCE:?} for {what}; the window shows:\n{screen}")]
    Waited {
        /// What was waited for.
        what: String,
        /// The text on the screen.
        screen: String,
    },
    /// A helper program failed.
    #[error("{program} failed: {words}")]
    Program {
        /// Its name.
        program: String,
        /// What it said.
        words: String,
    },
    /// The driver refused a command.
    #[error("the driver: {0}")]
    Driver(#[from] CmdError),
    /// No session with the program.
    #[error("no session with the program: {0}")]
    Session(#[from] fantoccini::error::NewSessionError),
    /// The test kit.
    #[error(transparent)]
    Kit(#[from] dipper_testkit::Error),
    /// The shared gateway.
    #[error(transparent)]
    Gateway(#[from] &'static dipper_testkit::Error),
    /// Files and processes.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Finds visible elements by role and accessible name. Kept in one place, since it is what "visible", "enabled" and
/// "named" mean to every test.
const FIND: &str = include_str!("find.js");

/// The program's window, driven through `WebKitWebDriver`.
#[derive(Debug)]
pub struct Window {
    client: Client,
    presses: AtomicU32,
    _driver: WebDriver,
}

/// The program under test: `DIPPER_APP`, else the debug build beside the tests.
pub fn program() -> Result<PathBuf, Failure> {
    if let Some(path) = std::env::var_os("DIPPER_APP") {
        return Ok(path.into());
    }
    std::env::current_exe()?
        .ancestors()
        .map(|folder| folder.join("dipper"))
        .find(|file| file.is_file())
        .ok_or_else(|| Failure::NotFound("the built program: set DIPPER_APP, or run cargo xtask test".to_owned()))
}

impl Window {
    /// Starts the program on this desk and waits for its first screen.
    pub async fn open(desk: &Desk) -> Result<Self, Failure> {
        Self::open_program(desk, &program()?, &[]).await
    }

    /// The same with everything the program prints going to a file.
    pub async fn open_logged(desk: &Desk, log: &Path, more: &[(&str, &str)]) -> Result<Self, Failure> {
        use std::os::unix::fs::PermissionsExt as _;
        let wrapper = desk.home().join("tmp/logged");
        let line = |path: &Path| format!("'{}'", path.display());
        let script = format!("#!/bin/sh\nexec {} >>{log} 2>&1\n", line(&program()?), log = line(log));
        std::fs::write(&wrapper, script)?;
        std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o755))?;
        Self::open_program(desk, &wrapper, more).await
    }

    /// Starts this program on this desk, with more variables in its environment.
    pub async fn open_program(desk: &Desk, program: &Path, more: &[(&str, &str)]) -> Result<Self, Failure> {
        let mut environment = desk.environment();
        environment.push(("TAURI_WEBVIEW_AUTOMATION".to_owned(), "true".to_owned()));
        environment.extend(
            more.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let driver = WebDriver::start(&environment)?;
        let mut capabilities = Capabilities::new();
        capabilities.insert(
            "webkitgtk:browserOptions".to_owned(),
            json!({ "binary": program, "args": [] }),
        );
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver.url())
            .await?;
        let window = Self {
            client,
            presses: AtomicU32::new(0),
            _driver: driver,
        };
        window
            .until("the first screen", async || window.find("main", "").await)
            .await?;
        Ok(window)
    }

    /// Clicks the control of this role and name, as soon as it can be used.
    pub async fn click(&self, role: &str, name: &str) -> Result<(), Failure> {
        self.find_enabled(role, name).await?;
        self.film(&format!("{role} {name}")).await?;
        self.with_enabled(role, name, async |control| control.click().await)
            .await
    }

    /// With `DIPPER_FILM` naming a folder, a picture of the window before every click goes there.
    async fn film(&self, next: &str) -> Result<(), Failure> {
        let Some(folder) = std::env::var_os("DIPPER_FILM") else {
            return Ok(());
        };
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let next = next.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let name = format!("{}-{next}.png", since.as_millis());
        std::fs::write(Path::new(&folder).join(name), self.picture().await?)?;
        Ok(())
    }

    /// Clicks what ends the program; the driver's answer may be lost with it.
    pub async fn click_to_end(&self, role: &str, name: &str) -> Result<(), Failure> {
        drop(self.find_enabled(role, name).await?.click().await);
        Ok(())
    }

    /// Replaces what stands in this field.
    pub async fn fill(&self, label: &str, text: &str) -> Result<(), Failure> {
        let typed = async |field: Element| {
            field.clear().await?;
            field.send_keys(text).await
        };
        self.with_enabled("textbox", label, typed).await
    }

    /// Sets a field that takes no typed text, such as a date, the way the page's own picker does.
    pub async fn set(&self, label: &str, value: &str) -> Result<(), Failure> {
        let field = serde_json::to_value(self.find_enabled("textbox", label).await?).unwrap_or_default();
        let script = "const [field, value] = arguments; field.value = value;
            field.dispatchEvent(new Event('input', { bubbles: true }));
            field.dispatchEvent(new Event('change', { bubbles: true }))";
        self.run(script, vec![field, json!(value)]).await?;
        Ok(())
    }

    /// Chooses an entry of this list by its visible words.
    pub async fn choose(&self, label: &str, entry: &str) -> Result<(), Failure> {
        self.find_enabled("combobox", label)
            .await?
            .select_by_label(entry)
            .await?;
        Ok(())
    }

    /// Presses twice on this, as one opens something. Never twice at the same spot, where the driver would go on counting
    /// to three and four.
    pub async fn double_click(&self, role: &str, name: &str) -> Result<(), Failure> {
        use fantoccini::actions::{InputSource, MouseActions, PointerAction};
        let element = self.find_enabled(role, name).await?;
        let beside = self.presses.fetch_add(1, Ordering::Relaxed) % 20;
        let mut actions = MouseActions::new("mouse".to_owned()).then(PointerAction::MoveToElement {
            element,
            duration: None,
            x: f64::from(beside * 4),
            y: 0.0,
        });
        for _ in 0..2 {
            actions = actions
                .then(PointerAction::Down { button: 0 })
                .then(PointerAction::Up { button: 0 });
        }
        self.client.perform_actions(actions).await?;
        Ok(())
    }

    /// Types text where the focus is, key by key.
    pub async fn type_keys(&self, text: &str) -> Result<(), Failure> {
        use fantoccini::actions::{InputSource, KeyAction, KeyActions};
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in text.chars() {
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.client.perform_actions(actions).await?;
        Ok(())
    }

    /// Presses keys where the focus is; `"Control+a"` holds one down.
    pub async fn press(&self, keys: &str) -> Result<(), Failure> {
        use fantoccini::actions::{InputSource, KeyAction, KeyActions};
        let parts: Vec<char> = keys.split('+').map(key_code).collect();
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in &parts {
            actions = actions.then(KeyAction::Down { value: *value });
        }
        for value in parts.iter().rev() {
            actions = actions.then(KeyAction::Up { value: *value });
        }
        self.client.perform_actions(actions).await?;
        Ok(())
    }

    /// Waits until this is on the screen.
    pub async fn see(&self, role: &str, name: &str) -> Result<Element, Failure> {
        self.until(&format!("{role} “{name}”"), async || self.find(role, name).await)
            .await
    }

    /// Waits until this text is visible anywhere.
    pub async fn read(&self, text: &str) -> Result<(), Failure> {
        let found = async || Ok(self.screen().await?.contains(text).then_some(()));
        self.until(&format!("the text “{text}”"), found).await
    }

    /// Waits until nothing of this role and name is on the screen.
    pub async fn gone(&self, role: &str, name: &str) -> Result<(), Failure> {
        let absent = async || Ok(self.find(role, name).await?.is_none().then_some(()));
        self.until(&format!("{role} “{name}” to be gone"), absent).await
    }

    /// Waits until this control refuses to be pressed.
    pub async fn see_disabled(&self, role: &str, name: &str) -> Result<(), Failure> {
        let script = "const [control] = arguments;
            return control.disabled || control.getAttribute('aria-disabled') === 'true'";
        let disabled = async || {
            let Some(control) = self.find(role, name).await? else {
                return Ok(None);
            };
            let control = serde_json::to_value(control).unwrap_or_default();
            Ok((self.run(script, vec![control]).await? == true).then_some(()))
        };
        self.until(&format!("{role} “{name}” to be disabled"), disabled).await
    }

    /// The texts of all elements that this selector finds, in the page's order.
    pub async fn texts(&self, selector: &str) -> Result<Vec<String>, Failure> {
        let script = "return [...document.querySelectorAll(arguments[0])].map((element) => element.innerText.replace(/\\s+/g, ' ').trim())";
        let texts = self.run(script, vec![json!(selector)]).await?;
        Ok(serde_json::from_value(texts).unwrap_or_default())
    }

    /// Waits until the texts of what this selector finds are as they should be.
    pub async fn see_texts(&self, selector: &str, wanted: &[&str]) -> Result<(), Failure> {
        let told = async || Ok((self.texts(selector).await? == wanted).then_some(()));
        let outcome = self.until(&format!("{selector} to be {wanted:?}"), told).await;
        match outcome {
            Err(Failure::Waited { what, screen }) => Err(Failure::Waited {
                what: format!("{what}, not {:?}", self.texts(selector).await?),
                screen,
            }),
            other => other,
        }
    }

    /// What stands in this field.
    pub async fn value(&self, label: &str) -> Result<String, Failure> {
        let field = serde_json::to_value(self.see("textbox", label).await?).unwrap_or_default();
        let value = self.run("return arguments[0].value", vec![field]).await?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until this control can be used.
    pub async fn see_enabled(&self, role: &str, name: &str) -> Result<(), Failure> {
        self.find_enabled(role, name).await.map(drop)
    }

    /// Waits until the keyboard's focus is on something of this role and name, or inside it.
    pub async fn see_focus(&self, role: &str, name: &str) -> Result<(), Failure> {
        let focused = async || Ok(self.has_focus(role, name).await?.then_some(()));
        self.until(&format!("the focus on {role} “{name}”"), focused).await
    }

    /// Whether it is there now.
    pub async fn has_focus(&self, role: &str, name: &str) -> Result<bool, Failure> {
        let Some(element) = self.find(role, name).await? else {
            return Ok(false);
        };
        let element = serde_json::to_value(element).unwrap_or_default();
        let script = "return arguments[0].contains(document.activeElement)";
        Ok(self.run(script, vec![element]).await? == true)
    }

    /// Everything visible, as text.
    pub async fn screen(&self) -> Result<String, Failure> {
        let text = self.run("return document.body.innerText", vec![]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// The middle of this element, in pixels of the screen.
    pub async fn place(&self, role: &str, name: &str) -> Result<(i32, i32), Failure> {
        let (x, y, width, height) = self.see(role, name).await?.rectangle().await?;
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
        Ok(((x + width / 2.0) as i32, (y + height / 2.0) as i32))
    }

    /// Runs a script in the page and gives its result.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value, Failure> {
        Ok(self.client.execute(script, arguments).await?)
    }

    /// Runs a script that answers through its last argument.
    pub async fn run_async(&self, script: &str, arguments: Vec<Value>) -> Result<Value, Failure> {
        Ok(self.client.execute_async(script, arguments).await?)
    }

    /// The window as PNG bytes. The driver takes it when the window is next drawn, which one that stands still never is:
    /// for as long as that may take, a dot nobody can see changes its colour.
    pub async fn picture(&self) -> Result<Vec<u8>, Failure> {
        self.run(include_str!("blink.js"), vec![json!(true)]).await?;
        let picture = self.client.screenshot().await;
        self.run(include_str!("blink.js"), vec![json!(false)]).await?;
        Ok(picture?)
    }

    /// Ends the session and with it the program.
    pub async fn close(self) -> Result<(), Failure> {
        Ok(self.client.close().await?)
    }

    /// Waits for something, looking again and again.
    pub async fn until<T>(&self, what: &str, look: impl AsyncFn() -> Result<Option<T>, Failure>) -> Result<T, Failure> {
        let start = Instant::now();
        loop {
            match look().await {
                Ok(Some(found)) => return Ok(found),
                Err(error) if !is_stale(&error) => return Err(error),
                _ => {}
            }
            if start.elapsed() > PATIENCE {
                let screen = self.screen().await.unwrap_or_default();
                return Err(Failure::Waited {
                    what: what.to_owned(),
                    screen,
                });
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Does something with a control that can be used. The page may draw it anew meanwhile: then with the new one.
    async fn with_enabled(
        &self,
        role: &str,
        name: &str,
        act: impl AsyncFn(Element) -> Result<(), CmdError>,
    ) -> Result<(), Failure> {
        let acted = async || {
            let Some(control) = self.find_with(role, name, true).await? else {
                return Ok(None);
            };
            act(control).await?;
            Ok(Some(()))
        };
        self.until(&format!("a usable {role} “{name}”"), acted).await
    }

    async fn find_enabled(&self, role: &str, name: &str) -> Result<Element, Failure> {
        let usable = async || self.find_with(role, name, true).await;
        self.until(&format!("a usable {role} “{name}”"), usable).await
    }

    async fn find(&self, role: &str, name: &str) -> Result<Option<Element>, Failure> {
        self.find_with(role, name, false).await
    }

    async fn find_with(&self, role: &str, name: &str, enabled: bool) -> Result<Option<Element>, Failure> {
        let found = self
            .client
            .execute(FIND, vec![json!(role), json!(name), json!(enabled)])
            .await?;
        if found.is_null() {
            return Ok(None);
        }
        let id = found
            .as_object()
            .and_then(|object| object.values().next())
            .and_then(Value::as_str);
        let id = id.ok_or_else(|| Failure::NotFound(format!("an element in {found}")))?;
        Ok(Some(Element::from_element_id(
            self.client.clone(),
            id.to_owned().into(),
        )))
    }
}

/// The page changed between finding an element and using it: look again.
fn is_stale(error: &Failure) -> bool {
    matches!(error, Failure::Driver(error) if error.is_stale_element_reference() || error.is_no_such_element())
}

fn key_code(name: &str) -> char {
    match name {
        "Control" => Key::Control.into(),
        "Shift" => Key::Shift.into(),
        "Alt" => Key::Alt.into(),
        "Enter" => Key::Enter.into(),
        "Escape" => Key::Escape.into(),
        "Tab" => Key::Tab.into(),
        "Delete" => Key::Delete.into(),
        "Backspace" => Key::Backspace.into(),
        "Down" => Key::Down.into(),
        "Up" => Key::Up.into(),
        "Left" => Key::Left.into(),
        "Right" => Key::Right.into(),
        "Home" => Key::Home.into(),
        "End" => Key::End.into(),
        "PageDown" => Key::PageDown.into(),
        "PageUp" => Key::PageUp.into(),
        "Space" => ' ',
        "F5" => Key::F5.into(),
        "F6" => Key::F6.into(),
        "F10" => Key::F10.into(),
        other => other.chars().next().unwrap_or(' '),
    }
}
