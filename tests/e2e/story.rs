//! The page's whole story, told three times: on Ceph RGW with a tenant over http, over TLS with a certificate authority
//! of its own, and on Local storage.

use std::path::PathBuf;

use dipper_testkit::http::Stranger;
use dipper_testkit::{Rgw, User};
use dipper_tests::desk::Desk;
use dipper_tests::story::AccountForm;
use dipper_tests::window::{Failure, Window};

use crate::{alone, with_picture};

const BUCKET: &str = "1-bucket-using-python";
const PRIVATE: &str = "What is in here stays between us.\n";

#[tokio::test(flavor = "multi_thread")]
async fn the_page_s_story_on_rgw_with_a_tenant_over_http() {
    let _alone = alone().await;
    let gateway = Rgw::shared().unwrap();
    let account = form(gateway, gateway.endpoint(), None);
    tell("ceph-http", Some(account), Stranger::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_s_story_on_rgw_over_tls_with_its_own_authority() {
    let _alone = alone().await;
    let gateway = Rgw::shared().unwrap();
    let authority = gateway.ca_certificate_path().unwrap().to_owned();
    let stranger = Stranger::trusting(&authority).unwrap();
    let account = form(gateway, gateway.tls_endpoint().unwrap(), Some(authority));
    tell("ceph-tls", Some(account), stranger).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_s_story_on_local_storage_without_typing_anything() {
    let _alone = alone().await;
    tell("local", None, Stranger::new()).await;
}

pub(crate) fn form(gateway: &Rgw, endpoint: &str, ca_certificate: Option<PathBuf>) -> AccountForm {
    let User {
        access_key_id,
        secret_access_key,
        ..
    } = gateway.users().tenant.clone();
    AccountForm {
        name: "Research cloud".to_owned(),
        endpoint: endpoint
            .trim_start_matches("http://")
            .trim_start_matches("https://")
            .to_owned(),
        tls: endpoint.starts_with("https"),
        access_key_id,
        secret_access_key,
        project_id: Some(gateway.tenant().to_owned()),
        ca_certificate,
    }
}

async fn tell(name: &str, account: Option<AccountForm>, stranger: Stranger) {
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = play(&desk, &window, account, &stranger).await;
    with_picture(&format!("story-{name}"), &window, outcome).await;
    window.close().await.unwrap();
}

async fn play(desk: &Desk, window: &Window, account: Option<AccountForm>, stranger: &Stranger) -> Result<(), Failure> {
    match &account {
        Some(account) => window.add_account(desk, account).await?,
        None => window.click("button", "~Try it with local storage").await?,
    }
    window.new_bucket(BUCKET).await?;
    window.new_text_object("hello.txt", "Hello World!").await?;
    upload_under_another_name(desk, window).await?;
    the_list_shows_name_size_and_date(window).await?;
    publish_hello(window, stranger).await?;
    links_of_the_private_one(window, stranger).await?;
    delete_everything(window, stranger).await
}

/// `private_data.txt` is dropped from outside the window and becomes `private_info.txt` in the sheet.
async fn upload_under_another_name(desk: &Desk, window: &Window) -> Result<(), Failure> {
    let file = desk.home().join("private_data.txt");
    std::fs::write(&file, PRIVATE)?;
    window.always_ask_before_upload().await?;
    window.drop_files(desk, &[file]).await?;
    window.see("dialog", "~Upload 1 file").await?;
    window.fill("Key for private_data.txt", "private_info.txt").await?;
    window.press("Tab").await?;
    window.click("button", "Upload 1 file").await?;
    window.see("row", "^private_info.txt").await?;
    Ok(())
}

async fn the_list_shows_name_size_and_date(window: &Window) -> Result<(), Failure> {
    let today = window.run("return new Date().getFullYear().toString()", vec![]).await?;
    let today = today.as_str().unwrap_or_default().to_owned();
    for (key, size) in [("hello.txt", "12 B"), ("private_info.txt", "34 B")] {
        let row = window.see("row", &format!("^{key}")).await?;
        // The driver's own idea of text leaves out cells that could cut theirs.
        let row = row.prop("innerText").await?.unwrap_or_default();
        assert!(row.contains(size) && row.contains(&today), "{row}");
    }
    Ok(())
}

/// The unsigned link answers 403 before and 200 after, with exactly the twelve bytes that were typed.
async fn publish_hello(window: &Window, stranger: &Stranger) -> Result<(), Failure> {
    window.select_object("hello.txt").await?;
    let link = window.link(&["Public link"]).await?;
    assert_eq!(stranger.get(&link).await?.status, 403, "{link}");
    window.make_public().await?;
    let answer = stranger.get(&link).await?;
    assert_eq!(
        (answer.status.as_u16(), &answer.body[..]),
        (200, &b"Hello World!"[..]),
        "{link}"
    );
    Ok(())
}

async fn links_of_the_private_one(window: &Window, stranger: &Stranger) -> Result<(), Failure> {
    window.select_object("private_info.txt").await?;
    let unsigned = window.link(&["Public link"]).await?;
    assert_eq!(stranger.get(&unsigned).await?.status, 403, "{unsigned}");
    for style in ["V4", "V2"] {
        let signed = window.link(&["Expiring link", style]).await?;
        let answer = stranger.get(&signed).await?;
        assert_eq!(
            (answer.status.as_u16(), answer.text()),
            (200, PRIVATE.to_owned()),
            "{style} {signed}"
        );
        pasting_the_project_id_in_afterwards_fails(window, stranger, style).await?;
    }
    a_link_ends(window, stranger).await
}

/// The page's instruction, read literally: the prefix goes into the finished link. The signature no longer fits.
async fn pasting_the_project_id_in_afterwards_fails(
    window: &Window,
    stranger: &Stranger,
    style: &str,
) -> Result<(), Failure> {
    let with = window.link(&["Expiring link", style]).await?;
    let without = window.link_without_project_id(&["Expiring link", style]).await?;
    assert_eq!(stranger.get(&without).await?.status, 200, "{without}");
    let project_id = with
        .split('/')
        .nth(3)
        .and_then(|bucket| bucket.split([':', '%']).next())
        .unwrap_or_default();
    let pasted = without.replacen(&format!("/{BUCKET}"), &format!("/{project_id}:{BUCKET}"), 1);
    assert_ne!(pasted, without);
    assert_eq!(stranger.get(&pasted).await?.status, 403, "{pasted}");
    Ok(())
}

/// Both styles answer 200, and 403 once their time is over.
async fn a_link_ends(window: &Window, stranger: &Stranger) -> Result<(), Failure> {
    for style in ["V4", "V2"] {
        let (link, ends) = window.link_for_seconds(style, 8).await?;
        assert_eq!(stranger.get(&link).await?.status, 200, "{style}");
        tokio::time::sleep_until(ends.into()).await;
        window
            .until("the link to end", async || {
                Ok((stranger.get(&link).await?.status == 403).then_some(()))
            })
            .await?;
    }
    Ok(())
}

async fn delete_everything(window: &Window, stranger: &Stranger) -> Result<(), Failure> {
    window.select_object("hello.txt").await?;
    let public = window.link(&["Public link"]).await?;
    window.delete_selected("1 object").await?;
    window.gone("row", "^hello.txt").await?;
    assert!([403, 404].contains(&stranger.get(&public).await?.status.as_u16()));
    window.select_object("private_info.txt").await?;
    window.delete_selected("1 object").await?;
    window.gone("row", "^private_info.txt").await?;
    window.delete_empty_bucket(BUCKET).await
}
