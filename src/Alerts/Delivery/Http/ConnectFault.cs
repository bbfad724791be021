namespace BudgetEngine.Alerts.Delivery.Http;

/// <summary>
/// Why there is no connection. The message is for people and names neither host nor address: that of a refused one would tell what the inner net looks
/// like.
/// </summary>
internal sealed class ConnectFault(string message) : Exception(message);
