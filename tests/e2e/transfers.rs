//! Files up and down through the window: chosen, renamed, in conflict, public; a large one watched, cancelled, failed
//! and tried again; downloads byte for byte.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dipper_tests::desk::Desk;
use dipper_tests::window::{Failure, Window};

use crate::cloud::{Cloud, name};
use crate::gate::Gate;
use crate::{alone, with_picture};

/// The gateway is shared and may be used again.
static BUCKET: LazyLock<String> = LazyLock::new(|| format!("e2e-transfers-{}", std::process::id()));
/// Five parts of 8 MiB.
const LARGE: usize = 40 * 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn files_go_up_to_rgw_and_down_again() {
    let _alone = alone().await;
    let mut cloud = Cloud::rgw();
    let gate = cloud.put_gate().await;
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = work(&desk, &window, &cloud, &gate).await;
    with_picture("transfers", &window, outcome).await;
    window.close().await.unwrap();
}

/// Where it all happens.
struct Scene<'a> {
    desk: &'a Desk,
    window: &'a Window,
    cloud: &'a Cloud,
    gate: &'a Gate,
    large: PathBuf,
}

async fn work(desk: &Desk, window: &Window, cloud: &Cloud, gate: &Gate) -> Result<(), Failure> {
    cloud.owner.create(&BUCKET).await;
    window.add_account(desk, &cloud.account).await?;
    window.open_bucket(&BUCKET).await?;
    the_sheet_renames_and_publishes(desk, window, cloud).await?;
    the_sheet_decides_conflicts(desk, window, cloud).await?;
    let large = file(desk, "large.bin", &noise(LARGE))?;
    let scene = Scene {
        desk,
        window,
        cloud,
        gate,
        large,
    };
    scene.a_running_upload_is_cancelled().await?;
    scene.a_failed_upload_is_tried_again().await?;
    scene.downloads_are_equal().await
}

/// Bytes of which no two parts are alike.
fn noise(length: usize) -> Vec<u8> {
    let words = (0_u64..).flat_map(|word| word.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    words.take(length).collect()
}

fn file(desk: &Desk, name: &str, bytes: &[u8]) -> Result<PathBuf, Failure> {
    let file = desk.home().join(name);
    std::fs::write(&file, bytes)?;
    Ok(file)
}

/// From the Upload button through the system's dialog to the sheet.
async fn choose(desk: &Desk, window: &Window, file: &Path) -> Result<(), Failure> {
    window.click("button", "Upload").await?;
    desk.choose_path("Upload files", file).await?;
    window.see("dialog", "~Upload 1 file").await.map(drop)
}

async fn the_sheet_renames_and_publishes(desk: &Desk, window: &Window, cloud: &Cloud) -> Result<(), Failure> {
    let report = file(desk, "report.csv", b"a,b\n1,2\n")?;
    choose(desk, window, &report).await?;
    window.fill("Key for report.csv", "reports/2026.csv").await?;
    window.choose("Access", "Public").await?;
    window.read("These will be public.").await?;
    window.click("button", "Upload 1 public file").await?;
    window.see_keys(&["reports/"]).await?;
    let seen = cloud
        .stranger
        .get(&cloud.url(&format!("{}/reports/2026.csv", *BUCKET)))
        .await?;
    assert_eq!((seen.status.as_u16(), seen.text().as_str()), (200, "a,b\n1,2\n"));
    assert_eq!(seen.header("content-type"), Some("text/csv"));
    Ok(())
}

/// A key that exists is never replaced before somebody says so.
async fn the_sheet_decides_conflicts(desk: &Desk, window: &Window, cloud: &Cloud) -> Result<(), Failure> {
    cloud.owner.put(&BUCKET, "same.txt", "old").await;
    let same = file(desk, "same.txt", b"new")?;
    choose(desk, window, &same).await?;
    window.read("1 key exists: choose what happens to it").await?;
    window.see_disabled("button", "Upload 1 file").await?;
    window.choose("If the key exists", "Skip").await?;
    window.read("Nothing to upload").await?;
    window.click("button", "Cancel").await?;
    window.gone("dialog", "").await?;
    assert_eq!(cloud.owner.get(&BUCKET, "same.txt").await, "old");

    choose(desk, window, &same).await?;
    window.choose("If the key exists", "Keep both").await?;
    window.click("button", "Upload 1 file").await?;
    window.see("row", "^same (2).txt").await?;
    assert_eq!(cloud.owner.get(&BUCKET, "same.txt").await, "old");
    assert_eq!(cloud.owner.get(&BUCKET, "same (2).txt").await, "new");

    choose(desk, window, &same).await?;
    window
        .choose("What to do with same.txt, whose key exists", "Replace")
        .await?;
    window.click("button", "Upload 1 file").await?;
    window
        .until("the new bytes", async || {
            Ok((cloud.owner.get(&BUCKET, "same.txt").await == "new").then_some(()))
        })
        .await
}

/// The share of the newest transfer that is done, in percent, while it is in this state.
async fn see_transfer(window: &Window, state: &str, least: u64) -> Result<(), Failure> {
    let script = "const rows = [...document.querySelectorAll('[data-job]')];
        const row = rows.sort((a, b) => Number(b.dataset.job) - Number(a.dataset.job))[0];
        return [row?.dataset.state ?? '', parseInt(row?.querySelector('.progress').innerText) || 0]";
    let reached = async || {
        let told: (String, u64) = serde_json::from_value(window.run(script, vec![]).await?).unwrap_or_default();
        Ok((told.0 == state && told.1 >= least).then_some(()))
    };
    let what = format!("the newest transfer to be {state} and at {least} %");
    window.until(&what, reached).await
}

impl Scene<'_> {
    /// Nothing is left of it on the server.
    async fn a_running_upload_is_cancelled(&self) -> Result<(), Failure> {
        let (window, owner) = (self.window, &self.cloud.owner);
        self.gate.narrow(4 * 1024 * 1024);
        choose(self.desk, window, &self.large).await?;
        window.read("New, in 5 parts").await?;
        window.click("button", "Upload 1 file").await?;
        window.click("tab", "~Transfers").await?;
        see_transfer(window, "running", 10).await?;
        window.click("button", "Cancel").await?;
        see_transfer(window, "cancelled", 0).await?;
        self.gate.open();
        assert!(!owner.keys(&BUCKET).await.contains_key("large.bin"));
        let bucket = name(&BUCKET);
        let aborted = async || {
            let unfinished = owner.0.list_multipart_uploads(&bucket).await.unwrap();
            Ok(unfinished.is_empty().then_some(()))
        };
        window.until("no parts to be left on the server", aborted).await
    }

    async fn a_failed_upload_is_tried_again(&self) -> Result<(), Failure> {
        let window = self.window;
        self.gate.narrow(8 * 1024 * 1024);
        choose(self.desk, window, &self.large).await?;
        window.click("button", "Upload 1 file").await?;
        see_transfer(window, "running", 10).await?;
        self.gate.shut();
        see_transfer(window, "failed", 0).await?;
        window.click("button", "Show the error").await?;
        window.see("button", "Copy details").await?;
        self.gate.open();
        window.click("button", "Retry").await?;
        see_transfer(window, "done", 100).await?;
        window.see("row", "^large.bin").await?;
        let stored = self.cloud.owner.get(&BUCKET, "large.bin").await;
        assert!(stored == std::fs::read(&self.large)?, "byte for byte");
        Ok(())
    }

    async fn downloads_are_equal(&self) -> Result<(), Failure> {
        let (desk, window) = (self.desk, self.window);
        let wanted = std::fs::read(&self.large)?;
        window.select_object("large.bin").await?;
        window.click("button", "Download").await?;
        see_download(window, &desk.downloads().join("large.bin"), &wanted).await
    }
}

/// The file is there, whole, and nothing unfinished beside it.
async fn see_download(window: &Window, file: &Path, wanted: &[u8]) -> Result<(), Failure> {
    window
        .until(&format!("{} to be there", file.display()), async || {
            Ok(file.is_file().then_some(()))
        })
        .await?;
    see_transfer(window, "done", 100).await?;
    assert!(std::fs::read(file)? == wanted, "byte for byte");
    let folder = file.parent().unwrap_or(file);
    let beside: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    assert_eq!(beside.len(), 1, "{beside:?}");
    Ok(())
}
