using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace BudgetEngine.Grains.Tests.Contracts;

/// <summary>Contracts on Orleans' wire.</summary>
public sealed class SerializerTests
{
    private static readonly Serializer _serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    public static TheoryData<Type> Messages => new(ContractTypes.Messages);

    [Theory]
    [MemberData(nameof(Messages))]
    public void Sample_OverTheWire_IsTheSame(Type message)
    {
        var sample = Samples.Read(message);

        var copy = _serializer.Deserialize<object>(_serializer.SerializeToArray(sample));

        Assert.Equal(message, copy!.GetType());
        Assert.Equal(Samples.Write(sample), Samples.Write(copy));
    }
}
