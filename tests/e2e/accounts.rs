//! Accounts through the window: a desk without a keychain, an account that stays, and every way a test can end.

use dipper_testkit::Rgw;
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
