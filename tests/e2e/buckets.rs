//! The life of buckets through the window: refused names, a new one, one that is empty and one that is not.

use dipper_tests::desk::Desk;
use dipper_tests::window::{Failure, Window};

use crate::cloud::Cloud;
use crate::{alone, with_picture};

#[tokio::test(flavor = "multi_thread")]
async fn buckets_are_refused_made_emptied_and_deleted() {
    let _alone = alone().await;
    let cloud = Cloud::local().await;
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = live(&desk, &window, &cloud).await;
    with_picture("buckets", &window, outcome).await;
    window.close().await.unwrap();
}

async fn live(desk: &Desk, window: &Window, cloud: &Cloud) -> Result<(), Failure> {
    window.add_account(desk, &cloud.account).await?;
    names_are_refused_while_they_are_typed(window, cloud).await?;
    an_empty_one_is_deleted(window, cloud).await?;
    a_full_one_is_kept_until_its_name_is_typed(window, cloud).await
}

/// The rule that is broken is named at every keystroke, and the button waits.
async fn names_are_refused_while_they_are_typed(window: &Window, cloud: &Cloud) -> Result<(), Failure> {
    window.click("button", "New bucket").await?;
    window.see_disabled("button", "Create new bucket").await?;
    let refused = [
        ("ab", "3 to 63 characters"),
        ("With-capitals", "small letters, digits, dots and hyphens"),
        ("two words", "small letters, digits, dots and hyphens"),
        ("-begins", "begins and ends with a letter or a digit"),
        ("two..dots", "no two dots side by side, no dot beside a hyphen"),
        ("192.168.0.1", "not an IP address"),
    ];
    for (typed, rule) in refused {
        window.fill("Bucket name", typed).await?;
        let told = async || {
            let broken = window.texts(".rule .no").await?;
            Ok(broken.iter().any(|line| line == rule).then_some(()))
        };
        window.until(&format!("{typed}: {rule}"), told).await?;
        window.see_disabled("button", "Create new bucket").await?;
        window.press("Enter").await?;
    }
    window.fill("Bucket name", "never-made").await?;
    window.see_texts(".rule .no", &[]).await?;
    window.click("button", "Cancel").await?;
    window.gone("dialog", "~New bucket").await?;
    assert_eq!(cloud.owner.buckets().await, [""; 0], "nothing was made");

    window.new_bucket("twice").await?;
    window.click("button", "New bucket").await?;
    window.fill("Bucket name", "twice").await?;
    window.click("button", "Create new bucket").await?;
    window.read("“twice” is yours already").await?;
    assert_eq!(cloud.owner.buckets().await, ["twice"]);
    Ok(())
}

async fn an_empty_one_is_deleted(window: &Window, cloud: &Cloud) -> Result<(), Failure> {
    window.click("option", "~twice").await?;
    window.click("button", "Delete bucket").await?;
    window.read("Delete the empty bucket “twice”?").await?;
    window.press("Escape").await?;
    window.gone("alertdialog", "~Delete the empty").await?;
    assert_eq!(cloud.owner.buckets().await, ["twice"], "cancelled");
    window.delete_empty_bucket("twice").await?;
    assert!(cloud.owner.misses("twice").await);
    Ok(())
}

/// What is in it is counted and shown; only its typed name lets the button go.
async fn a_full_one_is_kept_until_its_name_is_typed(window: &Window, cloud: &Cloud) -> Result<(), Failure> {
    let owner = &cloud.owner;
    owner.create("harvest").await;
    for (key, size) in [("a.bin", 1_000), ("deep/er/b.bin", 2_000), ("ä ö?.txt", 400)] {
        owner.put("harvest", key, vec![7; size]).await;
    }
    owner.start_upload("harvest", "half").await;
    window.click("button", "Refresh buckets").await?;
    window.click("option", "~harvest").await?;

    for way_out in ["Cancel", "Close"] {
        ask_for_the_full_one(window).await?;
        window.fill("Type the name", "harves").await?;
        window.see_disabled("button", "Delete bucket and 3 objects").await?;
        window.press("Enter").await?;
        window.fill("Type the name", "harvest").await?;
        window.click("button", way_out).await?;
        window.gone("alertdialog", "").await?;
        assert_eq!(owner.keys("harvest").await.len(), 3, "{way_out}");
    }
    ask_for_the_full_one(window).await?;
    window.fill("Type the name", "harvest").await?;
    window.click("button", "Delete bucket and 3 objects").await?;
    window.gone("option", "~harvest").await?;
    assert!(owner.misses("harvest").await);
    window.click("tab", "~Transfers").await?;
    window.read("Done").await
}

async fn ask_for_the_full_one(window: &Window) -> Result<(), Failure> {
    window.click("button", "Delete bucket").await?;
    window.read("Delete “harvest” and everything in it?").await?;
    for shown in ["3 objects", "3.40 KB", "1 unfinished upload", "deep/er/b.bin"] {
        window.read(shown).await?;
    }
    window.see_disabled("button", "Delete bucket and 3 objects").await
}
