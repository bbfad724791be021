namespace BudgetEngine.Silo.Warehouse;

/// <summary>The copy of usage in a warehouse; idle where none is set.</summary>
internal static class WarehouseFeature
{
    public static IServiceCollection AddWarehouse(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WarehouseOptions>().Bind(configuration.GetSection(WarehouseOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<WarehouseState>();
        services.AddHostedService<WarehouseSink>();
        return services;
    }
}
