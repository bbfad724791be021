using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Http;

/// <summary>The endpoints of one resource. Made once, with its services, when it is mapped.</summary>
internal interface IEndpoints
{
    void Map(IEndpointRouteBuilder routes);
}
