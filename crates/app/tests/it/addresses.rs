//! Addresses typed into the path bar.

use dipper_app::{Address, ErrorKind};

use crate::support;

#[tokio::test]
async fn a_typed_address_leads_to_the_folder_or_the_object() {
    let story = support::story().await;
    let (app, account) = (&story.app, &story.account);
    app.create_bucket(account, "field-photos").await.unwrap();
    for key in ["2026/harbour/a.jpg", "2026/notes"] {
        story.put("field-photos", key, "x").await;
    }
    let link = format!(
        "http://{}/field-photos/2026/harbour/a.jpg?X-Amz-Signature=00",
        story.endpoint
    );
    for (text, prefix, key) in [
        ("field-photos", "", None),
        ("field-photos/2026/", "2026/", None),
        ("field-photos/2026", "2026/", None),
        ("s3://field-photos/2026/harbour", "2026/harbour/", None),
        ("field-photos/2026/notes", "2026/", Some("2026/notes")),
        ("field-photos/nothing-there", "", Some("nothing-there")),
        (link.as_str(), "2026/harbour/", Some("2026/harbour/a.jpg")),
    ] {
        let expected = Address {
            bucket: "field-photos".into(),
            prefix: prefix.into(),
            key: key.map(Into::into),
        };
        assert_eq!(app.read_address(account, text).await.unwrap(), expected, "{text}");
    }
    let error = app
        .read_address(account, "https://elsewhere.example/b")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
