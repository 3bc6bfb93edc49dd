//! Accounts through the window: a desk without a keychain, an account that stays, and every way a test can end.

use dipper_testkit::http::Stranger;
use dipper_testkit::{Recorded, Recorder, Rgw};
use dipper_tests::desk::Desk;
use dipper_tests::window::{Failure, Window};

use crate::story::form;
use crate::{alone, with_picture};

/// Without a keychain the program says so, keeps the secret for this run, and asks again in the next.
#[tokio::test(flavor = "multi_thread")]
async fn s27_without_a_keychain_the_secret_for_rgw_lives_for_one_run() {
    let _alone = alone().await;
    let desk = Desk::without_keychain().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = work_without_a_keychain(&desk, &window).await;
    with_picture("no-keychain", &window, outcome).await;
    window.close().await.unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = window.read("secret key missing").await;
    with_picture("no-keychain-again", &window, outcome).await;
    window.close().await.unwrap();
}

async fn work_without_a_keychain(desk: &Desk, window: &Window) -> Result<(), Failure> {
    let gateway = Rgw::shared()?;
    window.read("kept in memory").await?;
    window
        .add_account(desk, &form(gateway, gateway.endpoint(), None))
        .await?;
    window.new_bucket("no-keychain-1").await?;
    window.delete_empty_bucket("no-keychain-1").await
}

/// With a keychain the account and its buckets are there again after a restart.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_on_rgw_is_there_again_after_a_restart() {
    let _alone = alone().await;
    let gateway = Rgw::shared().unwrap();
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = async {
        window
            .add_account(&desk, &form(gateway, gateway.endpoint(), None))
            .await?;
        window.new_bucket("restart-1").await
    };
    with_picture("restart", &window, outcome.await).await;
    window.close().await.unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = async {
        window.see("option", "~restart-1").await?;
        window.click("option", "~restart-1").await?;
        window.read("This bucket is empty").await?;
        window.delete_empty_bucket("restart-1").await
    };
    with_picture("restarted", &window, outcome.await).await;
    window.close().await.unwrap();
}

/// Two accounts: switched between, one edited without its secret being typed again, so that it signs with V2 from then
/// on, and removed with its secret.
#[tokio::test(flavor = "multi_thread")]
async fn accounts_on_rgw_are_switched_edited_and_removed() {
    let _alone = alone().await;
    let gateway = Rgw::shared().unwrap();
    let recorder = Recorder::start(gateway.endpoint()).await.unwrap();
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let scene = Accounts {
        desk: &desk,
        window: &window,
        recorder: &recorder,
    };
    let outcome = scene.play(gateway).await;
    with_picture("accounts", &window, outcome).await;
    window.close().await.unwrap();
}

struct Accounts<'a> {
    desk: &'a Desk,
    window: &'a Window,
    recorder: &'a Recorder,
}

impl Accounts<'_> {
    async fn play(&self, gateway: &Rgw) -> Result<(), Failure> {
        self.window
            .add_account(self.desk, &form(gateway, &self.recorder.endpoint(), None))
            .await?;
        self.switch_there_and_back().await?;
        self.edit_without_the_secret().await?;
        self.a_little_story_signed_with_v2().await?;
        self.remove().await
    }

    async fn switch_there_and_back(&self) -> Result<(), Failure> {
        let window = self.window;
        window.press("Control+Shift+L").await?;
        window.see("button", "~Account Local storage").await?;
        window.read("No buckets yet").await?;
        window.new_bucket("only-here").await?;
        window.press("Control+o").await?;
        window.click("menuitem", "~Research cloud").await?;
        window.see("button", "~Account Research cloud").await?;
        window.gone("option", "~only-here").await?;
        window.press("Control+Shift+M").await?;
        window.click("button", "Switch to it").await?;
        window.see("option", "~only-here").await?;
        window.press("Control+o").await?;
        window.click("menuitem", "~Research cloud").await?;
        window.see("button", "~Account Research cloud").await.map(drop)
    }

    async fn edit_without_the_secret(&self) -> Result<(), Failure> {
        let window = self.window;
        window.press("Control+Shift+M").await?;
        window.click("button", "Edit… Research cloud").await?;
        window.see("dialog", "~Edit “Research cloud”").await?;
        assert_eq!(
            window.value("Secret access key").await?,
            "",
            "a saved secret is never shown"
        );
        let hint = "return document.querySelector('[data-testid=secret]').placeholder";
        let hint = window.run(hint, vec![]).await?.to_string();
        assert!(hint.contains("Saved. Type to replace"), "{hint}");
        window.fill("Display name", "Older cloud").await?;
        window
            .click("button", "Advanced S3-compatible storage settings")
            .await?;
        window.click("radio", "V2").await?;
        window.click("button", "Save changes").await?;
        window.gone("dialog", "~Edit “").await?;
        window.click("button", "Done").await?;
        window.see("button", "~Account Older cloud").await?;
        window.read("Signature V2").await
    }

    async fn a_little_story_signed_with_v2(&self) -> Result<(), Failure> {
        let window = self.window;
        let bucket = format!("e2e-v2-{}", std::process::id());
        self.recorder.clear();
        window.new_bucket(&bucket).await?;
        window.new_text_object("hello.txt", "Hello, older world!").await?;
        window.select_object("hello.txt").await?;
        let link = window.link(&["Expiring link", "V2"]).await?;
        let answer = Stranger::new().get(&link).await?;
        assert_eq!(
            (answer.status.as_u16(), answer.text().as_str()),
            (200, "Hello, older world!")
        );
        window.make_public().await?;
        window.delete_selected("1 object").await?;
        window.gone("row", "^hello.txt").await?;
        window.delete_empty_bucket(&bucket).await?;
        let signatures: Vec<String> = self.recorder.requests()?.iter().filter_map(signature).collect();
        assert!(signatures.len() > 5, "{signatures:?}");
        assert!(signatures.iter().all(|signature| signature == "AWS"), "{signatures:?}");
        Ok(())
    }

    /// The keychain holds it until then and no longer; the other account stays.
    async fn remove(&self) -> Result<(), Failure> {
        let window = self.window;
        let before = self.entries()?;
        assert!(before >= 1, "the secret is in the keychain");
        for button in ["Cancel", "Remove account"] {
            window.press("Control+Shift+M").await?;
            window.click("button", "Remove… Older cloud").await?;
            window.see("alertdialog", "~Remove “Older cloud” from Dipper?").await?;
            window.click("button", button).await?;
            window.gone("alertdialog", "").await?;
            window.click("button", "Done").await?;
            window.gone("dialog", "").await?;
            let gone = usize::from(button != "Cancel");
            assert_eq!(self.entries()?, before - gone, "{button}");
        }
        window.see("button", "~Account Local storage").await?;
        window.see("option", "~only-here").await.map(drop)
    }

    fn entries(&self) -> Result<usize, Failure> {
        Ok(self.desk.keychain_entries("service", "dev.dipper.desktop")?.len())
    }
}

/// How a request was signed in its headers: `AWS` or `AWS4-HMAC-SHA256`.
fn signature(request: &Recorded) -> Option<String> {
    let signed = request.header("authorization")?;
    signed.split(' ').next().map(str::to_owned)
}
