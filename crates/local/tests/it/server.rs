//! Starting, stopping, and two who want the same folder.

use dipper_local::{ErrorKind, Server};

use crate::client::{Client, Fixture, options};

#[tokio::test]
async fn everything_is_there_after_a_restart_on_the_same_port() {
    let Fixture { server, client, folder } = Fixture::with_bucket().await;
    client.put("/bucket/a", "data").await.expect_status(200);
    let address = server.address();
    server.stop().await;
    assert!(
        client
            .try_send(crate::client::get("/"), crate::client::Sign::V4)
            .await
            .is_err(),
        "it listens no longer"
    );
    let server = Server::start(options(folder.path())).await.unwrap();
    assert_eq!(server.address(), address);
    assert_eq!(client.get("/bucket/a").await.expect_status(200).text(), "data");
}

#[tokio::test]
async fn a_port_that_is_taken_is_replaced_by_another() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let mut wanted = options(folder.path());
    wanted.port = Some(port);
    let server = Server::start(wanted).await.unwrap();
    assert_ne!(server.address().port(), port);
    Client::new(server.address()).get("/").await.expect_status(200);
}

#[tokio::test]
async fn a_wanted_port_that_is_free_is_taken() {
    let probe = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = probe.local_addr().unwrap().port();
    drop(probe);
    let folder = tempfile::tempdir().unwrap();
    let mut wanted = options(folder.path());
    wanted.port = Some(port);
    assert_eq!(Server::start(wanted).await.unwrap().address().port(), port);
}

#[tokio::test]
async fn dropping_a_server_frees_its_folder() {
    let Fixture { server, client, folder } = Fixture::with_bucket().await;
    client.put("/bucket/a", "data").await.expect_status(200);
    drop(server);
    let server = Server::start(options(folder.path())).await.unwrap();
    assert_eq!(
        Client::new(server.address())
            .get("/bucket/a")
            .await
            .expect_status(200)
            .text(),
        "data"
    );
}

#[tokio::test]
async fn a_second_process_learns_who_serves_the_folder_and_where() {
    let folder = tempfile::tempdir().unwrap();
    let child = crate::crash::Child::start(folder.path());
    let error = Server::start(options(folder.path())).await.unwrap_err();
    let expected = ErrorKind::FolderLocked {
        by_pid: Some(child.pid()),
        port: Some(child.address().port()),
    };
    assert_eq!(error.kind(), &expected);
    assert!(error.to_string().contains(&child.pid().to_string()));
    Client::new(child.address()).get("/").await.expect_status(200);
}

#[tokio::test]
async fn a_tenant_that_cannot_stand_in_a_path_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut bad = options(folder.path());
    bad.tenant = "a/b".to_owned();
    assert_eq!(Server::start(bad).await.unwrap_err().kind(), &ErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_folder_that_cannot_be_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let error = Server::start(options(&file.join("inside"))).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Io);
    assert!(
        error.to_string().contains("inside") && error.hint().is_some(),
        "{error}"
    );
}

#[tokio::test]
async fn a_database_that_is_none_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("database.sqlite"),
        "this is not a database, only a text of some length",
    )
    .unwrap();
    let error = Server::start(options(folder.path())).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Database);
}

#[tokio::test]
async fn requests_under_way_may_end_when_the_server_stops() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let fixture = Fixture::with_bucket().await;
    let address = fixture.client.address;
    let link = fixture.client.presign_v4(crate::client::put("/bucket/a"), 60);
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!("PUT {link} HTTP/1.1\r\nhost: {address}\r\ncontent-length: 10\r\n\r\n01234");
    stream.write_all(head.as_bytes()).await.unwrap();
    while fixture.files() == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let Fixture { server, folder, .. } = fixture;
    let upload = async {
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        stream.write_all(b"56789").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let ((), answer) = tokio::join!(server.stop(), upload);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let server = Server::start(options(folder.path())).await.unwrap();
    assert_eq!(
        Client::new(server.address()).get("/bucket/a").await.text(),
        "0123456789"
    );
}

/// As a process that died leaves it.
fn leave_open(folder: &std::path::Path) {
    std::fs::write(folder.join("server.json"), r#"{"port":null,"pid":1,"listening":false}"#).unwrap();
}

#[tokio::test]
async fn objects_without_their_database_are_never_taken_for_leftovers() {
    let Fixture { server, client, folder } = Fixture::with_bucket().await;
    client.put("/bucket/a", "data").await.expect_status(200);
    server.stop().await;
    let (database, elsewhere) = (folder.path().join("database.sqlite"), folder.path().join("elsewhere"));
    std::fs::rename(&database, &elsewhere).unwrap();
    leave_open(folder.path());
    for _ in 0..2 {
        let error = Server::start(options(folder.path())).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Database);
        assert_eq!(crate::client::files(folder.path()), 1, "nothing was removed");
    }
    std::fs::rename(&elsewhere, &database).unwrap();
    let server = Server::start(options(folder.path())).await.unwrap();
    let client = Client::new(server.address());
    assert_eq!(client.get("/bucket/a").await.expect_status(200).text(), "data");
}

#[tokio::test]
async fn files_that_the_database_does_not_know_are_put_aside_after_a_crash() {
    let Fixture { server, client, folder } = Fixture::with_bucket().await;
    client.put("/bucket/a", "data").await.expect_status(200);
    server.stop().await;
    leave_open(folder.path());
    let name = "ab".repeat(16);
    std::fs::write(folder.path().join("objects/ab").join(&name), "unknown").unwrap();
    let server = Server::start(options(folder.path())).await.unwrap();
    assert_eq!(crate::client::files(folder.path()), 1);
    let aside = std::fs::read(folder.path().join("lost").join(&name)).unwrap();
    assert_eq!(aside, b"unknown");
    let client = Client::new(server.address());
    assert_eq!(client.get("/bucket/a").await.expect_status(200).text(), "data");
}
