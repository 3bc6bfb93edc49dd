//! "Test connection" tells apart what is wrong.

use std::time::Duration;

use dipper_storage::{Endpoint, ErrorKind, Outcome, Scheme, SignatureVersion};
use dipper_testkit::Rgw;
use time::OffsetDateTime;

use crate::server::Server;

pub(crate) async fn a_good_account_connects(server: &Server) {
    server.bucket().await;
    let diagnosis = server.client.diagnose().await;
    let Outcome::Connected {
        bucket_count,
        owner: Some(owner),
    } = &diagnosis.outcome
    else {
        panic!("{diagnosis:?}")
    };
    assert!(*bucket_count >= 1);
    assert!(owner.id.starts_with(&server.tenant));
    assert_eq!(diagnosis.suggested_project_id.as_ref(), Some(&server.tenant));
    assert!(diagnosis.skew_seconds.expect("the server tells its time").abs() < 60);
    let encrypted = server.client.config().endpoint.scheme == Scheme::Https;
    assert_eq!(
        diagnosis
            .tls_version
            .is_some_and(|version| version.starts_with("TLS 1.")),
        encrypted
    );
}

pub(crate) async fn a_wrong_key_id_is_named(server: &Server) {
    let client = server.client_with(|config| {
        config.credentials.as_mut().unwrap().access_key_id = "NOSUCHACCESSKEY00000".into();
    });
    let outcome = client.diagnose().await.outcome;
    assert!(matches!(outcome, Outcome::WrongAccessKey), "{outcome:?}");
    assert_eq!(
        client.list_buckets().await.unwrap_err().kind(),
        ErrorKind::InvalidCredentials
    );
}

pub(crate) async fn a_wrong_secret_is_named(server: &Server) {
    let client = server.client_with(|config| {
        config.credentials.as_mut().unwrap().secret_access_key = "wrong".to_owned().into();
    });
    let outcome = client.diagnose().await.outcome;
    assert!(matches!(outcome, Outcome::WrongSecret), "{outcome:?}");
    let error = client.list_buckets().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Could not list the buckets: the secret access key is wrong."
    );
}

pub(crate) async fn a_wrong_clock_is_measured(server: &Server) {
    let client = server.client_with(|config| config.clock = || OffsetDateTime::now_utc() + Duration::from_hours(1));
    let outcome = client.diagnose().await.outcome;
    let Outcome::ClockWrong { skew_seconds } = outcome else {
        panic!("{outcome:?}")
    };
    assert!((3_590..3_660).contains(&skew_seconds), "{skew_seconds}");
    let outcome = client.diagnose().await.outcome;
    assert!(
        matches!(outcome, Outcome::ClockWrong { .. }),
        "also when the SDK has learnt to correct it: {outcome:?}"
    );
    let new = server.client_with(|config| {
        config.clock = || OffsetDateTime::now_utc() + Duration::from_hours(1);
        config.signature = SignatureVersion::V4;
    });
    new.list_buckets().await.expect("signed again by the server's clock");
    let old = server.client_with(|config| {
        config.clock = || OffsetDateTime::now_utc() + Duration::from_hours(1);
        config.signature = SignatureVersion::V2;
    });
    let error = old.list_buckets().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ClockSkew);
    assert!(error.hint().unwrap().contains("60 minutes ahead of"), "{error}");
    let behind = server.client_with(|config| config.clock = || OffsetDateTime::now_utc() - Duration::from_hours(1));
    let outcome = behind.diagnose().await.outcome;
    assert!(
        matches!(
            outcome,
            Outcome::ClockWrong {
                skew_seconds: -3_660..-3_590
            }
        ),
        "{outcome:?}"
    );
}

pub(crate) async fn the_project_id_is_suggested(server: &Server) {
    let client = server.client_with(|config| config.project_id = None);
    assert_eq!(
        client.diagnose().await.suggested_project_id.as_ref(),
        Some(&server.tenant)
    );
}

fn endpoints() -> (Endpoint, Endpoint) {
    let gateway = Rgw::shared().expect("this case runs on it");
    let parse = |text: &str| Endpoint::parse(text, Scheme::Http).unwrap();
    (
        parse(gateway.endpoint()),
        parse(gateway.tls_endpoint().expect("started with TLS")),
    )
}

pub(crate) async fn tls_and_plain_are_told_apart(server: &Server) {
    let (plain, encrypted) = endpoints();
    let client = server.client_with(|config| config.endpoint = plain.with_scheme(Scheme::Https));
    let outcome = client.diagnose().await.outcome;
    assert!(matches!(outcome, Outcome::ServerSpeaksPlainHttp), "{outcome:?}");
    let client = server.client_with(|config| config.endpoint = encrypted.with_scheme(Scheme::Http));
    let outcome = client.diagnose().await.outcome;
    assert!(matches!(outcome, Outcome::ServerWantsTls), "{outcome:?}");
}

pub(crate) async fn an_untrusted_certificate_is_shown_and_can_be_pinned(server: &Server) {
    let (_, encrypted) = endpoints();
    let client = server.client_with(|config| config.endpoint = encrypted.clone());
    let outcome = client.diagnose().await.outcome;
    let Outcome::CertificateNotTrusted {
        certificate: Some(certificate),
        reason,
    } = outcome
    else {
        panic!("{outcome:?}")
    };
    assert_eq!(reason, "its issuer is unknown");
    assert!(certificate.issuer.starts_with("CN="), "{certificate:?}");
    assert!(certificate.not_after > certificate.not_before);
    assert_eq!(client.list_buckets().await.unwrap_err().kind(), ErrorKind::Tls);
    let pinned = server.client_with(|config| {
        config.endpoint = encrypted.clone();
        config.pinned_certificate_sha256 = Some(certificate.sha256);
    });
    assert!(matches!(pinned.diagnose().await.outcome, Outcome::Connected { .. }));
    let mut other = certificate.sha256;
    other[0] ^= 1;
    let wrong = server.client_with(|config| {
        config.endpoint = encrypted;
        config.pinned_certificate_sha256 = Some(other);
    });
    assert!(matches!(
        wrong.diagnose().await.outcome,
        Outcome::CertificateNotTrusted { .. }
    ));
}
