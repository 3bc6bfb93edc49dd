//! The Ceph gateway the test kit starts, looked at from outside.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};
use std::thread;

use dipper_testkit::http::Stranger;
use dipper_testkit::{Rgw, RgwOptions, Tls, Users};

fn user_info(gateway: &Rgw, uid: &str, tenant: Option<&str>) -> String {
    let mut arguments = vec!["user", "info", "--uid", uid];
    if let Some(tenant) = tenant {
        arguments.extend(["--tenant", tenant]);
    }
    gateway.admin(&arguments).unwrap().split_whitespace().collect()
}

#[tokio::test]
async fn an_rgw_answers_strangers_over_http_and_https_and_knows_its_users() {
    let gateway = Rgw::shared().unwrap();

    let answer = Stranger::new().get(&format!("{}/", gateway.endpoint())).await.unwrap();
    assert_eq!(answer.status, 200, "an anonymous list of no buckets");
    assert!(answer.text().contains("<ListAllMyBucketsResult"), "{}", answer.text());

    let authority = gateway.ca_certificate_path().unwrap();
    let secure = format!("{}/", gateway.tls_endpoint().unwrap());
    assert_eq!(
        Stranger::trusting(authority)
            .unwrap()
            .get(&secure)
            .await
            .unwrap()
            .status,
        200
    );
    Stranger::new().get(&secure).await.unwrap_err();

    for user in gateway.users().all() {
        let info = user_info(gateway, &user.uid, user.tenant.as_deref());
        assert!(info.contains(&format!("\"user\":\"{}\"", user.owner_id())), "{info}");
        assert!(
            info.contains(&format!("\"access_key\":\"{}\"", user.access_key_id)),
            "{info}"
        );
        assert!(
            info.contains(&format!("\"secret_key\":\"{}\"", user.secret_access_key)),
            "{info}"
        );
    }
    let quota = user_info(gateway, "quota", Some(gateway.tenant()));
    let expected = format!(
        "\"user_quota\":{{\"enabled\":true,\"check_on_raw\":false,\"max_size\":{},\"max_size_kb\":{},\"max_objects\":{}}}",
        Users::QUOTA_BYTES,
        Users::QUOTA_BYTES / 1024,
        Users::QUOTA_OBJECTS
    );
    assert!(quota.contains(&expected), "{quota}");
    let limited = user_info(gateway, "nobkt", Some(gateway.tenant()));
    assert!(
        limited.contains(&format!("\"max_buckets\":{}", Users::MAX_BUCKETS)),
        "{limited}"
    );
}

#[tokio::test]
async fn several_rgws_run_side_by_side_and_leave_nothing() {
    let start = || Rgw::start(RgwOptions { tls: Tls::Off }).unwrap();
    let (one, two) = thread::scope(|scope| {
        let other = scope.spawn(start);
        (start(), other.join().unwrap())
    });
    assert_ne!(one.endpoint(), two.endpoint());
    assert_eq!((one.tls_endpoint(), one.ca_certificate_path()), (None, None));
    let addresses = [one.endpoint(), two.endpoint()].map(|endpoint| format!("{endpoint}/"));
    for address in &addresses {
        assert_eq!(Stranger::new().get(address).await.unwrap().status, 200);
    }
    let own_folders = folders();
    assert!(own_folders.len() >= 2, "{own_folders:?}");

    drop((one, two));
    for address in &addresses {
        Stranger::new().get(address).await.unwrap_err();
    }
    assert_eq!(
        own_folders.iter().filter(|folder| folder.exists()).count(),
        own_folders.len() - 2
    );
}

#[test]
fn a_described_rgw_is_the_same_rgw() {
    let gateway = Rgw::shared().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.json");
    gateway.describe_in(&file).unwrap();
    let again = Rgw::described_in(&file).unwrap();
    assert_eq!(again.endpoint(), gateway.endpoint());
    assert_eq!(again.tls_endpoint(), gateway.tls_endpoint());
    assert_eq!(again.users(), gateway.users());
    assert!(again.admin(&["user", "list"]).unwrap().contains("quota"));
    Rgw::described_in(Path::new("/nowhere/at/all.json")).unwrap_err();
}

/// The folders of this process's gateways.
fn folders() -> Vec<PathBuf> {
    let prefix = format!("dipper-rgw-{}-", std::process::id());
    let entries = std::fs::read_dir(std::env::temp_dir())
        .unwrap()
        .map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
        .map(|e| e.path())
        .collect()
}
