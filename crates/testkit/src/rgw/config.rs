//! The configuration of a one-machine Ceph cluster that lives in memory.

use std::fmt::Write as _;
use std::path::Path;

use super::certificate::Certificate;

/// How much the OSD's memory may hold. It is a ceiling, not a reservation.
const STORE_BYTES: u64 = 8 << 30;

/// What differs between clusters.
pub(super) struct Config<'a> {
    pub(super) folder: &'a Path,
    pub(super) cluster_id: &'a str,
    pub(super) monitor_port: u16,
    pub(super) http_port: u16,
    /// The https port and its certificate.
    pub(super) tls: Option<(u16, &'a Certificate)>,
}

impl Config<'_> {
    /// The text of `ceph.conf`.
    ///
    /// No authentication and no second protocol: everything is on loopback. Sizes and replica counts are one, and the
    /// warnings about that are off. `paxos_*` make the monitor's elections short. A key of 1,024 bytes becomes a
    /// longer object name inside, hence `osd_max_object_name_len`. `admin_socket` is off because a socket's path may
    /// only have 108 bytes and a temporary folder's name can be long.
    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "[global]
fsid = {id}
mon_host = v1:127.0.0.1:{monitor}
mon_initial_members = a
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
public_network = 127.0.0.0/8
ms_bind_ipv4 = true
ms_bind_ipv6 = false
ms_bind_msgr2 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
auth_allow_insecure_global_id_reclaim = true
run_dir = {folder}
admin_socket =
log_file = {folder}/$name.log
crash_dir = {folder}
pid_file =
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_max_pg_per_osd = 500
[mon]
mon_data = {folder}/mon
mon_data_avail_warn = 1
mon_data_avail_crit = 0
mon_osd_full_ratio = 0.99
mon_osd_nearfull_ratio = 0.97
mon_osd_backfillfull_ratio = 0.98
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
[osd]
osd_data = {folder}/osd
osd_objectstore = memstore
memstore_device_bytes = {STORE_BYTES}
osd_class_load_list = *
osd_class_default_list = *
osd_failsafe_full_ratio = 1.0
osd_max_object_name_len = 2048
[client.rgw.a]
rgw_data = {folder}/rgw
rgw_rados_pool_pg_num_min = 1
rgw_thread_pool_size = 64
rgw_enable_usage_log = false
rgw_enable_ops_log = false
rgw_crypt_require_ssl = false
rgw_frontends = beast endpoint=127.0.0.1:{http}",
            id = self.cluster_id,
            monitor = self.monitor_port,
            folder = self.folder.display(),
            http = self.http_port,
        );
        if let Some((port, certificate)) = self.tls {
            let (server, key) = (certificate.server.display(), certificate.key.display());
            let _infallible = write!(
                text,
                " ssl_endpoint=127.0.0.1:{port} ssl_certificate={server} ssl_private_key={key}"
            );
        }
        text.push('\n');
        text
    }
}
