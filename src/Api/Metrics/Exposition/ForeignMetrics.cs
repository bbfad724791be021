using System.Collections.Frozen;

namespace BudgetEngine.Api.Metrics.Exposition;

/// <summary>What an operator looks at of the metrics that .NET, Kestrel and Orleans measure, by the name on the page. Their others, over a hundred, are left out.</summary>
internal static class ForeignMetrics
{
    /// <summary>Npgsql's meter is not among them: it names the connection's host and user.</summary>
    public static readonly FrozenSet<string> Meters = FrozenSet.Create(
        StringComparer.Ordinal, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.Orleans");

    public static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.Ordinal,

        // The process.
        "dotnet_exceptions_total",
        "dotnet_gc_collections_total",
        "dotnet_gc_heap_total_allocated_bytes_total",
        "dotnet_gc_last_collection_heap_size_bytes",
        "dotnet_gc_pause_time_seconds_total",
        "dotnet_monitor_lock_contentions_total",
        "dotnet_process_cpu_time_seconds_total",
        "dotnet_process_memory_working_set_bytes",
        "dotnet_thread_pool_queue_length_total",
        "dotnet_thread_pool_thread_count_total",

        // HTTP.
        "http_server_active_requests",
        "http_server_request_duration_seconds",
        "kestrel_active_connections",
        "kestrel_queued_requests",
        "kestrel_rejected_connections_total",

        // Grains.
        "orleans_app_requests_latency_milliseconds",
        "orleans_app_requests_timedout_total",
        "orleans_catalog_activations",
        "orleans_catalog_activation_created_total",
        "orleans_catalog_activation_destroyed_total",
        "orleans_catalog_activation_failed_to_activate_total",
        "orleans_scheduler_long_running_turns_total",
        "orleans_watchdog_health_checks_failed_total",

        // The cluster: who is in it, and what was lost on the way.
        "orleans_consistent_ring_size",
        "orleans_directory_cache_size",
        "orleans_gateway_connected_clients",
        "orleans_gateway_load_shedding_total",
        "orleans_messaging_expired_total",
        "orleans_messaging_pings_reply_missed_total",
        "orleans_messaging_rejected_total",
        "orleans_messaging_rerouted_total",
        "orleans_messaging_sent_dropped_total",
        "orleans_messaging_sent_failed_total",
        "orleans_networking_sockets_closed_total",
        "orleans_networking_sockets_opened_total",

        // The alerts' stream.
        "orleans_streams_persistent_stream_messages_read_total",
        "orleans_streams_persistent_stream_messages_sent_total");
}
