//! What people do in Dipper, step by step, through the window: the steps that the end-to-end tests and the tour share.

use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::desk::Desk;
use crate::window::{Failure, Window};

/// What someone types into "Add new account".
#[derive(Clone, Debug)]
pub struct AccountForm {
    /// The display name.
    pub name: String,
    /// `host:port`.
    pub endpoint: String,
    /// Whether to use TLS.
    pub tls: bool,
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The Project ID, where links need one.
    pub project_id: Option<String>,
    /// The certificate authority's file.
    pub ca_certificate: Option<PathBuf>,
}

impl Window {
    /// From the first screen to a list of buckets.
    pub async fn add_account(&self, desk: &Desk, account: &AccountForm) -> Result<(), Failure> {
        self.click("button", "~Add account").await?;
        self.fill_account(desk, account).await?;
        self.click("button", "Test connection").await?;
        self.read("Connected").await?;
        self.click("button", "Add new account").await?;
        self.gone("dialog", "~Add new account").await
    }

    /// Fills the form, and nothing more.
    pub async fn fill_account(&self, desk: &Desk, account: &AccountForm) -> Result<(), Failure> {
        self.fill("Display name", &account.name).await?;
        self.fill("REST endpoint", &account.endpoint).await?;
        self.fill("Access key ID", &account.access_key_id).await?;
        self.fill("Secret access key", &account.secret_access_key).await?;
        if !account.tls {
            self.click("checkbox", "Use secure transfer (SSL/TLS)").await?;
        }
        if let Some(project_id) = &account.project_id {
            self.fill("Project ID (tenant)", project_id).await?;
        }
        if let Some(file) = &account.ca_certificate {
            self.click("button", "Advanced S3-compatible storage settings").await?;
            self.click("button", "Choose file…").await?;
            desk.choose_path("Choose a CA certificate", file).await?;
            self.read(&file.file_name().unwrap_or_default().to_string_lossy())
                .await?;
        }
        Ok(())
    }

    /// A wrong secret is told apart from a wrong key id; nothing is saved.
    pub async fn wrong_secret_is_explained(&self, desk: &Desk, account: &AccountForm) -> Result<(), Failure> {
        self.press("Control+Shift+A").await?;
        let wrong = AccountForm {
            secret_access_key: "not-the-secret".to_owned(),
            ..account.clone()
        };
        self.fill_account(desk, &wrong).await?;
        self.click("button", "Test connection").await?;
        self.read("The secret key doesn’t match this access key").await?;
        self.click("button", "Cancel").await?;
        self.gone("dialog", "~Add new account").await
    }

    /// Makes a bucket and opens it.
    pub async fn new_bucket(&self, name: &str) -> Result<(), Failure> {
        self.click("button", "New bucket").await?;
        self.fill("Bucket name", name).await?;
        self.click("button", "Create new bucket").await?;
        self.gone("dialog", "~New bucket").await?;
        self.click("option", &format!("~{name}")).await?;
        self.read("This bucket is empty").await
    }

    /// Makes an object from typed text.
    pub async fn new_text_object(&self, key: &str, text: &str) -> Result<(), Failure> {
        self.click("button", "New text object").await?;
        self.fill("Key", key).await?;
        self.fill("Text", text).await?;
        self.click("button", "Create object").await?;
        self.see("row", &format!("^{key}")).await?;
        Ok(())
    }

    /// Drops files from outside onto the list of objects.
    pub async fn drop_files(&self, desk: &Desk, files: &[PathBuf]) -> Result<(), Failure> {
        let place = self.place("grid", "~Objects in").await?;
        desk.drag_in(files, place, async || {}).await
    }

    /// Waits until exactly these keys are drawn in the table, in this order.
    pub async fn see_keys(&self, wanted: &[&str]) -> Result<(), Failure> {
        let shown = async || {
            let script = "return [...document.querySelectorAll('[data-testid=objects] [data-key]')].map((row) => row.dataset.key)";
            let keys: Vec<String> = serde_json::from_value(self.run(script, vec![]).await?).unwrap_or_default();
            Ok::<_, Failure>(keys)
        };
        let told = async || Ok((shown().await? == wanted).then_some(()));
        match self.until(&format!("the keys {wanted:?}"), told).await {
            Err(Failure::Waited { what, screen }) => Err(Failure::Waited {
                what: format!("{what}, not {:?}", shown().await?),
                screen,
            }),
            other => other,
        }
    }

    /// Opens a bucket that is in the list.
    pub async fn open_bucket(&self, name: &str) -> Result<(), Failure> {
        self.click("option", &format!("~{name}")).await?;
        self.see("grid", &format!("Objects in {name}")).await.map(drop)
    }

    /// Selects one object.
    pub async fn select_object(&self, key: &str) -> Result<(), Failure> {
        self.click("row", &format!("^{key}")).await?;
        // The selection is kept behind the window: a key pressed before it is told would act on nothing.
        let script = "const row = document.querySelector('[data-testid=objects] [aria-selected=true]');
            return row?.dataset.key === arguments[0] && [...document.querySelectorAll('.statusbar')].some((bar) => bar.innerText.includes('1 of'))";
        let selected = async || Ok(self.run(script, vec![key.into()]).await?.as_bool().filter(|told| *told));
        self.until(&format!("{key} to be selected"), selected).await.map(drop)
    }

    /// Makes the selected object public and waits for the proof.
    pub async fn make_public(&self) -> Result<(), Failure> {
        self.click("tab", "~Permissions").await?;
        self.click("button", "Make public").await?;
        // What takes longer than a second to prepare shows its sheet, which waits for a yes.
        let script = "if (/Anyone on (the internet|this computer) can read/.test(document.body.innerText)) return true;
            const yes = document.querySelector('[role=alertdialog] [data-testid=confirm-public]:enabled:not([aria-busy=true])');
            yes?.click();
            return false";
        let public = async || Ok((self.run(script, vec![]).await? == true).then_some(()));
        self.until("the object to be public", public).await?;
        self.read("Verified.").await
    }

    /// The link the dialog makes after these choices. The dialog is closed again.
    pub async fn link(&self, choices: &[&str]) -> Result<String, Failure> {
        self.open_links(choices).await?;
        let link = self.link_of(choices).await?;
        self.close_links().await?;
        Ok(link)
    }

    /// The same without the Project ID in front of the bucket.
    pub async fn link_without_project_id(&self, choices: &[&str]) -> Result<String, Failure> {
        self.open_links(choices).await?;
        let with = self.link_of(choices).await?;
        self.click("checkbox", "Start with Project ID").await?;
        let link = self.until("another link", async || {
            let link = self.shown_link().await?;
            Ok((link != with).then_some(link))
        });
        let link = link.await?;
        self.close_links().await?;
        Ok(link)
    }

    /// A link that ends this many seconds from now, and when that is.
    pub async fn link_for_seconds(&self, style: &str, seconds: u64) -> Result<(String, Instant), Failure> {
        self.open_links(&["Expiring link", style]).await?;
        self.link_of(&[style]).await?;
        self.click("radio", "Other…").await?;
        let ends = Instant::now() + Duration::from_secs(seconds);
        let until = "const end = new Date(Date.now() + arguments[0] * 1000);
            const two = (n) => String(n).padStart(2, '0');
            return [`${end.getFullYear()}-${two(end.getMonth() + 1)}-${two(end.getDate())}`,
                    `${two(end.getHours())}:${two(end.getMinutes())}:${two(end.getSeconds())}`]";
        let until = self.run(until, vec![seconds.into()]).await?;
        for (label, value) in ["Day the link ends", "Time the link ends"]
            .iter()
            .zip(until.as_array().into_iter().flatten())
        {
            self.set(label, value.as_str().unwrap_or_default()).await?;
        }
        // The link is made anew after each of the two fields; the last one ends in time.
        let soon = async || Ok(Some(self.shown_link().await?).filter(|link| ends_within(link, seconds)));
        let link = self.until("a link that ends soon", soon).await?;
        self.close_links().await?;
        Ok((link, ends))
    }

    async fn open_links(&self, choices: &[&str]) -> Result<(), Failure> {
        self.click("button", "Get link").await?;
        for choice in choices {
            self.click("radio", choice).await?;
        }
        Ok(())
    }

    async fn close_links(&self) -> Result<(), Failure> {
        self.click("button", "Done").await?;
        self.gone("dialog", "~Get link").await
    }

    /// The link, once it is of the chosen kind: it is made anew after every choice.
    async fn link_of(&self, choices: &[&str]) -> Result<String, Failure> {
        let fits = |link: &str| {
            choices.iter().all(|choice| match *choice {
                "Public link" => !link.contains('?'),
                "V4" => link.contains("X-Amz-Signature="),
                "V2" => link.contains("AWSAccessKeyId="),
                _ => true,
            })
        };
        let made = async || Ok(Some(self.shown_link().await?).filter(|link| fits(link)));
        self.until("the link that was chosen", made).await
    }

    async fn shown_link(&self) -> Result<String, Failure> {
        self.until("a link", async || {
            let text = self.run(
                "return document.querySelector('[data-testid=link]')?.textContent ?? ''",
                vec![],
            );
            let text = text.await?.as_str().unwrap_or_default().trim().to_owned();
            Ok(text.starts_with("http").then_some(text))
        })
        .await
    }

    /// Settings: the sheet opens for every drop.
    pub async fn always_ask_before_upload(&self) -> Result<(), Failure> {
        self.press("Control+,").await?;
        self.click("checkbox", "~Always show the upload sheet").await?;
        self.click("button", "Done").await?;
        self.gone("dialog", "~Settings").await
    }

    /// Deletes what is selected, after the confirmation.
    pub async fn delete_selected(&self, objects: &str) -> Result<(), Failure> {
        self.press("Delete").await?;
        self.click("button", &format!("Delete {objects}")).await
    }

    /// Deletes the open, empty bucket.
    pub async fn delete_empty_bucket(&self, name: &str) -> Result<(), Failure> {
        self.click("button", "Delete bucket").await?;
        self.read(&format!("Delete the empty bucket “{name}”?")).await?;
        self.click("button", "Delete bucket").await?;
        self.gone("option", &format!("~{name}")).await
    }
}

/// Whether a signed link says that it ends within this many seconds: V4 counts from when it was made, V2 names the end.
fn ends_within(link: &str, seconds: u64) -> bool {
    let number = |name: &str| {
        let text = link.split_once(name)?.1.split('&').next()?;
        text.parse::<u64>().ok()
    };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    match (number("X-Amz-Expires="), number("&Expires=")) {
        (Some(lifetime), _) => lifetime <= seconds,
        (None, Some(end)) => end <= now + seconds,
        (None, None) => false,
    }
}
