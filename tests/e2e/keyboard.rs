//! The story with no pointer at all: every step by keys, from the first screen to the last delete.

use dipper_testkit::http::Stranger;
use dipper_tests::desk::Desk;
use dipper_tests::window::{Failure, Window};

use crate::{alone, with_picture};

#[tokio::test(flavor = "multi_thread")]
async fn the_story_is_told_by_keys_alone() {
    let _alone = alone().await;
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = only_keys(&window).await;
    with_picture("keyboard", &window, outcome).await;
    window.close().await.unwrap();
}

async fn only_keys(window: &Window) -> Result<(), Failure> {
    a_bucket_is_made(window).await?;
    an_object_is_typed(window).await?;
    it_is_published_and_its_link_copied(window).await?;
    everything_is_deleted(window).await
}

/// Walks with Tab until the focus is there.
async fn tab_to(window: &Window, role: &str, name: &str) -> Result<(), Failure> {
    for _ in 0..25 {
        if window.has_focus(role, name).await? {
            return Ok(());
        }
        window.press("Tab").await?;
    }
    window.see_focus(role, name).await
}

async fn a_bucket_is_made(window: &Window) -> Result<(), Failure> {
    window.see_focus("button", "~Add account").await?;
    window.press("Tab").await?;
    window.see_focus("button", "~Try it with local storage").await?;
    window.press("Enter").await?;
    window.read("No buckets yet").await?;
    window.press("Control+Shift+B").await?;
    window.see_focus("textbox", "Bucket name").await?;
    window.type_keys("by-keys").await?;
    window.see_enabled("button", "Create new bucket").await?;
    window.press("Enter").await?;
    window.see("option", "~by-keys").await?;
    window.gone("dialog", "").await?;
    walk_to(window, "listbox", "Buckets").await?;
    window.press("Down").await?;
    window.press("Enter").await?;
    window.see_focus("grid", "Objects in by-keys").await?;
    window.read("This bucket is empty").await
}

/// F6 goes from pane to pane.
async fn walk_to(window: &Window, role: &str, name: &str) -> Result<(), Failure> {
    for _ in 0..3 {
        window.press("F6").await?;
        for _ in 0..10 {
            if window.has_focus(role, name).await? {
                return Ok(());
            }
        }
    }
    window.see_focus(role, name).await
}

async fn an_object_is_typed(window: &Window) -> Result<(), Failure> {
    window.press("Control+n").await?;
    window.see_focus("textbox", "Key").await?;
    window.type_keys("hello.txt").await?;
    window.press("Tab").await?;
    window.see_focus("textbox", "Text").await?;
    window.type_keys("By keys alone").await?;
    tab_to(window, "button", "Create object").await?;
    window.press("Enter").await?;
    window.see_keys(&["hello.txt"]).await?;
    window.see_focus("grid", "Objects in by-keys").await?;
    window.read("Listed all at").await?;
    window.press("Home").await?;
    window.read("1 of 1 selected").await
}

async fn it_is_published_and_its_link_copied(window: &Window) -> Result<(), Failure> {
    window.press("Control+Shift+P").await?;
    // What takes longer than a second to prepare shows its sheet, which waits for a yes.
    let answered = async || {
        let public = window.screen().await?.contains("Anyone on this computer can read");
        let asked = window.texts("[role=alertdialog]").await?;
        Ok((public || !asked.is_empty()).then_some(public))
    };
    if !window.until("a public object or the sheet that asks", answered).await? {
        tab_to(window, "button", "Make public").await?;
        window.press("Enter").await?;
    }
    window.read("Anyone on this computer can read").await?;
    window.see_focus("grid", "Objects in by-keys").await?;
    window.press("Control+Shift+C").await?;
    window.read("Link copied").await?;
    window.press("Control+g").await?;
    window.see_focus("textbox", "Type a path").await?;
    window.press("Control+a").await?;
    window.press("Control+v").await?;
    let pasted = window.until("the link to be pasted", async || {
        let value = window.value("Type a path").await?;
        Ok(value.starts_with("http").then_some(value))
    });
    let link = pasted.await?;
    let answer = Stranger::new().get(&link).await?;
    assert_eq!(
        (answer.status.as_u16(), answer.text().as_str()),
        (200, "By keys alone"),
        "{link}"
    );
    window.press("Escape").await?;
    window.see_focus("grid", "Objects in by-keys").await
}

async fn everything_is_deleted(window: &Window) -> Result<(), Failure> {
    window.press("Delete").await?;
    window.read("1 of these is public.").await?;
    window.see_focus("button", "Cancel").await?;
    tab_to(window, "button", "Delete 1 object").await?;
    window.press("Enter").await?;
    window.read("This bucket is empty").await?;
    window.press("Control+k").await?;
    window.see_focus("combobox", "Search keys or run a command").await?;
    window.type_keys("delete bucket").await?;
    window.see("option", "~Delete bucket").await?;
    window.press("Enter").await?;
    window.read("Delete the empty bucket “by-keys”?").await?;
    tab_to(window, "button", "Delete bucket").await?;
    window.press("Enter").await?;
    window.gone("option", "~by-keys").await
}
