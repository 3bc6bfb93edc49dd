//! Objects through the window: made, found in every way the table offers, looked at, and deleted several at a time.

use dipper_tests::desk::Desk;
use dipper_tests::window::{Failure, Window};

use crate::cloud::Cloud;
use crate::{alone, with_picture};

#[tokio::test(flavor = "multi_thread")]
async fn objects_are_made_found_and_deleted() {
    let _alone = alone().await;
    let cloud = Cloud::local().await;
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = browse(&desk, &window, &cloud).await;
    with_picture("objects", &window, outcome).await;
    window.close().await.unwrap();
}

async fn browse(desk: &Desk, window: &Window, cloud: &Cloud) -> Result<(), Failure> {
    cloud.owner.create("garden").await;
    for (key, size) in [
        ("apple.txt", 5),
        ("beds/one.txt", 10),
        ("beds/two/three.csv", 30),
        ("zebra.bin", 2_000),
    ] {
        cloud.owner.put("garden", key, vec![b'x'; size]).await;
    }
    window.add_account(desk, &cloud.account).await?;
    window.open_bucket("garden").await?;
    window.see_keys(&["beds/", "apple.txt", "zebra.bin"]).await?;
    a_folder_is_made_and_walked(window, cloud).await?;
    a_text_is_not_replaced_unseen(window, cloud).await?;
    properties_are_told(window).await?;
    flat_filter_and_sort(window).await?;
    paths_lead_there(window).await?;
    several_are_deleted(window, cloud).await?;
    news_are_fetched(window, cloud).await
}

async fn a_folder_is_made_and_walked(window: &Window, cloud: &Cloud) -> Result<(), Failure> {
    window.click("button", "New folder").await?;
    window.fill("Folder name", "sheds").await?;
    window.press("Enter").await?;
    window.see_keys(&["beds/", "sheds/", "apple.txt", "zebra.bin"]).await?;
    assert_eq!(cloud.owner.keys("garden").await.get("sheds/"), Some(&0));
    window.double_click("row", "^sheds").await?;
    window.read("This folder is empty").await?;
    window.click("button", "Up one level").await?;
    window.double_click("row", "^beds").await?;
    window.see_keys(&["beds/two/", "beds/one.txt"]).await?;
    window.double_click("row", "^two").await?;
    window.see_keys(&["beds/two/three.csv"]).await?;
    window.click("button", "beds").await?;
    window.see_keys(&["beds/two/", "beds/one.txt"]).await?;
    window.click("button", "Back").await?;
    window.see_keys(&["beds/two/three.csv"]).await?;
    window.click("button", "garden").await?;
    window.see_keys(&["beds/", "sheds/", "apple.txt", "zebra.bin"]).await
}

/// The second text of the same key says what it replaces, and replaces it only when told to.
async fn a_text_is_not_replaced_unseen(window: &Window, cloud: &Cloud) -> Result<(), Failure> {
    window.new_text_object("hello.txt", "Grüße").await?;
    assert_eq!(&cloud.owner.get("garden", "hello.txt").await[..], "Grüße".as_bytes());
    for (button, after) in [("Cancel", "Grüße"), ("Replace object", "")] {
        window.click("button", "New text object").await?;
        window.fill("Key", "hello.txt").await?;
        window.read("hello.txt exists.").await?;
        window.read("Creating replaces it (7 B).").await?;
        window.click("button", button).await?;
        window.gone("dialog", "~New text object").await?;
        assert_eq!(
            &cloud.owner.get("garden", "hello.txt").await[..],
            after.as_bytes(),
            "{button}"
        );
    }
    window.read("“hello.txt” created").await
}

async fn properties_are_told(window: &Window) -> Result<(), Failure> {
    window.select_object("zebra.bin").await?;
    window.press("Alt+Enter").await?;
    window.see("tab", "~Properties").await?;
    for told in ["zebra.bin", "2 000 bytes", "application/octet-stream", "Standard"] {
        let told = told.replace("2 000", "2\u{2009}000");
        window.read(&told).await?;
    }
    Ok(())
}

async fn flat_filter_and_sort(window: &Window) -> Result<(), Failure> {
    let flat = [
        "apple.txt",
        "beds/one.txt",
        "beds/two/three.csv",
        "hello.txt",
        "sheds/",
        "zebra.bin",
    ];
    window.click("radio", "Flat").await?;
    window.see_keys(&flat).await?;
    window.fill("Filter this folder", "ee").await?;
    window.see_keys(&["beds/two/three.csv"]).await?;
    window.fill("Filter this folder", "nothing like it").await?;
    window.read("No key here contains “nothing like it”").await?;
    window.click("button", "Clear filter").await?;
    window.see_keys(&flat).await?;
    window.click("radio", "Folders").await?;
    window
        .see_keys(&["beds/", "sheds/", "apple.txt", "hello.txt", "zebra.bin"])
        .await?;
    for (column, keys) in [
        ("Size", ["beds/", "sheds/", "hello.txt", "apple.txt", "zebra.bin"]),
        ("Size", ["beds/", "sheds/", "zebra.bin", "apple.txt", "hello.txt"]),
        ("Name", ["beds/", "sheds/", "apple.txt", "hello.txt", "zebra.bin"]),
    ] {
        window.click("button", column).await?;
        window.see_keys(&keys).await?;
    }
    Ok(())
}

/// A folder, a key, and an address, each typed or pasted.
async fn paths_lead_there(window: &Window) -> Result<(), Failure> {
    go_to(window, "garden/beds/two/").await?;
    window.see_keys(&["beds/two/three.csv"]).await?;
    go_to(window, "s3://garden/beds/one.txt").await?;
    window.see_keys(&["beds/two/", "beds/one.txt"]).await?;
    window.read("1 of 2 selected").await?;
    window.click("menuitem", "Tools").await?;
    window.click("menuitem", "^Go to path").await?;
    type_path(window, "garden/beds/two").await?;
    window.see_keys(&["beds/two/three.csv"]).await?;
    go_to(window, "no-such-bucket/").await?;
    window.read("no-such-bucket").await?;
    window.see("button", "Try again").await?;
    window.open_bucket("garden").await?;
    window
        .see_keys(&["beds/", "sheds/", "apple.txt", "hello.txt", "zebra.bin"])
        .await
}

async fn go_to(window: &Window, path: &str) -> Result<(), Failure> {
    window.press("Control+g").await?;
    type_path(window, path).await
}

async fn type_path(window: &Window, path: &str) -> Result<(), Failure> {
    // The whole path is selected, ready to be typed over.
    window.see_focus("textbox", "Type a path").await?;
    window.type_keys(path).await?;
    window.press("Enter").await
}

/// Two objects and a folder: counted with what is in it, and gone only after the yes.
async fn several_are_deleted(window: &Window, cloud: &Cloud) -> Result<(), Failure> {
    window.click("row", "^beds").await?;
    for _ in 0..2 {
        window.press("Control+Down").await?;
    }
    window.press("Control+Space").await?;
    window.read("2 of 5 selected").await?;
    window.press("Shift+Down").await?;
    window.read("2 of 5 selected").await?;
    window.press("Control+Home").await?;
    window.press("Control+Space").await?;
    window.read("3 of 5 selected").await?;
    let before = cloud.owner.keys("garden").await;
    for button in ["Cancel", "Delete 4 objects"] {
        window.press("Delete").await?;
        window.read("Delete 2 objects and 1 folder?").await?;
        window.read("45 B freed").await?;
        assert_eq!(cloud.owner.keys("garden").await, before, "only looked at");
        window.click("button", button).await?;
        window.gone("alertdialog", "").await?;
    }
    window.see_keys(&["sheds/", "zebra.bin"]).await?;
    let left: Vec<String> = cloud.owner.keys("garden").await.into_keys().collect();
    assert_eq!(left, ["sheds/", "zebra.bin"]);
    Ok(())
}

/// F5 lists again; the page is not loaded anew, so what was selected stays.
async fn news_are_fetched(window: &Window, cloud: &Cloud) -> Result<(), Failure> {
    window.select_object("zebra.bin").await?;
    cloud.owner.put("garden", "news.txt", "new").await;
    window.press("F5").await?;
    window.see_keys(&["sheds/", "news.txt", "zebra.bin"]).await?;
    window.read("1 of 3 selected").await
}
