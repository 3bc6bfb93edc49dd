//! The tour: one visit through the real window, with pictures in light and dark.
//!
//! `tour --app PROGRAM --out FOLDER` brings its own screen, its own keychain and its own server, so that it plays on a
//! machine that has none of them. Every step is done by hand, so to speak: by the names of what is on the screen.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dipper_local::{Options, Server};
use dipper_testkit::http::Stranger;
use dipper_tests::desk::Desk;
use dipper_tests::story::AccountForm;
use dipper_tests::window::{Failure, Window};

const PROJECT_ID: &str = "3f9c2a7d4be04d1f8a6e5b90c2d17c1b";
const ACCESS_KEY_ID: &str = "7Q2M0V5K9XWB41T8ZC3R";
const SECRET: &str = "a-secret-that-only-this-tour-knows";

#[tokio::main]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]
async fn main() -> ExitCode {
    let Some((app, out)) = arguments() else {
        eprintln!("usage: tour --app PROGRAM --out FOLDER");
        return ExitCode::FAILURE;
    };
    match play(&app, &out).await {
        Ok(()) => {
            println!("the tour was played; its pictures are in {}", out.display());
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("the tour stopped: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Option<(PathBuf, PathBuf)> {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        Some(PathBuf::from(arguments.get(place + 1)?))
    };
    Some((after("--app")?, after("--out")?))
}

async fn play(app: &Path, out: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(out)?;
    let folder = tempfile::tempdir()?;
    let server = serve(folder.path()).await?;
    let desk = Desk::new()?;
    let window = Window::open_program(&desk, app, &[]).await?;
    let tour = Tour {
        desk: &desk,
        window: &window,
        out,
    };
    let outcome = tour.visit(&server.address().to_string()).await;
    if outcome.is_err() {
        tour.picture("stopped-here").await?;
    }
    outcome?;
    window.close().await?;
    server.stop().await;
    Ok(())
}

async fn serve(folder: &Path) -> Result<Server, Failure> {
    let options = Options {
        folder: folder.join("cloud"),
        port: None,
        access_key_id: ACCESS_KEY_ID.to_owned(),
        secret_access_key: SECRET.to_owned().into(),
        tenant: PROJECT_ID.to_owned(),
    };
    Server::start(options)
        .await
        .map_err(|error| Failure::NotFound(format!("a server for the tour: {error}")))
}

struct Tour<'a> {
    desk: &'a Desk,
    window: &'a Window,
    out: &'a Path,
}

impl Tour<'_> {
    async fn visit(&self, endpoint: &str) -> Result<(), Failure> {
        self.picture("01-welcome").await?;
        self.add_account(endpoint).await?;
        self.window.new_bucket("field-photos").await?;
        self.window.new_text_object("hello.txt", "Hello World!").await?;
        self.drop_two_files().await?;
        self.share("hello.txt").await?;
        self.delete("field-photos").await
    }

    async fn add_account(&self, endpoint: &str) -> Result<(), Failure> {
        let account = AccountForm {
            name: "Research cloud".to_owned(),
            endpoint: endpoint.to_owned(),
            tls: false,
            access_key_id: ACCESS_KEY_ID.to_owned(),
            secret_access_key: SECRET.to_owned(),
            project_id: Some(PROJECT_ID.to_owned()),
            ca_certificate: None,
        };
        self.window.click("button", "~Add account").await?;
        self.window.fill_account(self.desk, &account).await?;
        self.window.click("button", "Test connection").await?;
        self.window.read("Connected").await?;
        self.picture("02-add-account").await?;
        self.window.click("button", "Add new account").await?;
        self.window.gone("dialog", "~Add new account").await
    }

    async fn drop_two_files(&self) -> Result<(), Failure> {
        let readings = self.file("buoy readings, a+b & c #4 100%.csv", 1_210_000)?;
        let report = self.file("logbook-2025.tar.gz", 20_600_000)?;
        let place = self.window.place("grid", "~Objects in").await?;
        let over = async || drop(self.picture("03-drop").await);
        self.desk.drag_in(&[readings, report], place, over).await?;
        self.window.see("row", "^logbook-2025.tar.gz").await?;
        self.window.click("tab", "~Transfers").await?;
        self.window.read("Done").await?;
        self.picture("04-transfers").await
    }

    fn file(&self, name: &str, size: usize) -> Result<PathBuf, Failure> {
        let file = self.desk.home().join(name);
        std::fs::write(&file, vec![b'7'; size])?;
        Ok(file)
    }

    /// Public, and opened by someone without credentials; then a link that ends.
    async fn share(&self, key: &str) -> Result<(), Failure> {
        self.window.select_object(key).await?;
        self.window.make_public().await?;
        self.picture("05-public").await?;
        let link = self.window.link(&["Public link"]).await?;
        let answer = Stranger::new().get(&link).await?;
        if answer.status != 200 {
            return Err(Failure::NotFound(format!(
                "the public object: a stranger got {}",
                answer.status
            )));
        }
        self.window.click("button", "Get link").await?;
        self.window.click("radio", "Expiring link").await?;
        self.window.read("Works until").await?;
        self.picture("06-link").await?;
        self.window.click("button", "Done").await
    }

    async fn delete(&self, bucket: &str) -> Result<(), Failure> {
        self.window.select_object("hello.txt").await?;
        self.window.press("Control+a").await?;
        self.window.press("Delete").await?;
        self.window.see("button", "Delete 3 objects").await?;
        self.picture("07-delete").await?;
        self.window.click("button", "Delete 3 objects").await?;
        self.window.read("This bucket is empty").await?;
        self.window.delete_empty_bucket(bucket).await?;
        self.picture("08-end").await
    }

    /// The window as it is now, in both colours.
    async fn picture(&self, name: &str) -> Result<(), Failure> {
        for theme in ["light", "dark"] {
            self.theme(theme).await?;
            std::fs::write(
                self.out.join(format!("{name}-{theme}.png")),
                self.window.picture().await?,
            )?;
        }
        self.theme("light").await
    }

    /// Colours are one attribute of the page; the pictures need them only for a moment.
    async fn theme(&self, theme: &str) -> Result<(), Failure> {
        let script = "document.documentElement.dataset.theme = arguments[0];
            arguments[1] && requestAnimationFrame(() => requestAnimationFrame(arguments[1]))";
        self.window.run_async(script, vec![theme.into()]).await?;
        Ok(())
    }
}
