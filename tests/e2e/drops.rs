//! Files dragged into the window from outside: onto the table, onto a folder, onto a bucket.

use std::path::{Path, PathBuf};

use dipper_tests::desk::Desk;
use dipper_tests::window::{Failure, Window};

use crate::cloud::Cloud;
use crate::{alone, with_picture};

#[tokio::test(flavor = "multi_thread")]
async fn dropped_files_land_where_they_were_let_go() {
    let _alone = alone().await;
    let cloud = Cloud::local().await;
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = drop_everywhere(&desk, &window, &cloud).await;
    with_picture("drops", &window, outcome).await;
    window.close().await.unwrap();
}

async fn drop_everywhere(desk: &Desk, window: &Window, cloud: &Cloud) -> Result<(), Failure> {
    for bucket in ["boxes", "other"] {
        cloud.owner.create(bucket).await;
    }
    cloud.owner.put("boxes", "inbox/first.txt", "first").await;
    window.add_account(desk, &cloud.account).await?;
    window.open_bucket("boxes").await?;
    window.see_keys(&["inbox/"]).await?;

    let photos = a_folder_with_folders(desk.home())?;
    let table = window.place("grid", "~Objects in").await?;
    drop_at(desk, window, &photos, table, "Drop to upload 1 file to boxes").await?;
    window.see_keys(&["inbox/", "photos/"]).await?;
    see_stored(window, cloud, "boxes", "photos/2026/harbour/crane.txt", "crane").await?;
    see_stored(window, cloud, "boxes", "photos/2026/boat.txt", "boat").await?;
    see_stored(window, cloud, "boxes", "photos/sea.txt", "sea").await?;

    let letter = file(desk.home(), "letter.txt", "letter")?;
    let folder = window.place("row", "^inbox").await?;
    drop_at(desk, window, &letter, folder, "to boxes/inbox").await?;
    see_stored(window, cloud, "boxes", "inbox/letter.txt", "letter").await?;

    let parcel = file(desk.home(), "parcel.txt", "parcel")?;
    let bucket = window.place("option", "~other").await?;
    drop_at(desk, window, &parcel, bucket, "to other").await?;
    see_stored(window, cloud, "other", "parcel.txt", "parcel").await?;

    let keys: Vec<String> = cloud.owner.keys("boxes").await.into_keys().collect();
    let wanted = [
        "inbox/first.txt",
        "inbox/letter.txt",
        "photos/2026/boat.txt",
        "photos/2026/harbour/crane.txt",
        "photos/sea.txt",
    ];
    assert_eq!(keys, wanted, "and nothing else");
    Ok(())
}

fn a_folder_with_folders(home: &Path) -> Result<PathBuf, Failure> {
    let photos = home.join("photos");
    std::fs::create_dir_all(photos.join("2026/harbour"))?;
    file(&photos, "sea.txt", "sea")?;
    file(&photos, "2026/boat.txt", "boat")?;
    file(&photos, "2026/harbour/crane.txt", "crane")?;
    Ok(photos)
}

fn file(folder: &Path, name: &str, text: &str) -> Result<PathBuf, Failure> {
    let file = folder.join(name);
    std::fs::write(&file, text)?;
    Ok(file)
}

/// The window says where it would go before it is let go.
async fn drop_at(desk: &Desk, window: &Window, what: &Path, at: (i32, i32), told: &str) -> Result<(), Failure> {
    let mut said = Ok(());
    let while_over = async || said = window.read(told).await;
    desk.drag_in(&[what.to_owned()], at, while_over).await?;
    said
}

async fn see_stored(window: &Window, cloud: &Cloud, bucket: &str, key: &str, text: &str) -> Result<(), Failure> {
    let there = async || Ok(cloud.owner.keys(bucket).await.contains_key(key).then_some(()));
    window.until(&format!("{key} in {bucket}"), there).await?;
    assert_eq!(cloud.owner.get(bucket, key).await, text);
    Ok(())
}
