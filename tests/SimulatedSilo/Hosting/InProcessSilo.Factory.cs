using System.Linq.Expressions;
using BudgetEngine.SimulatedSilo.Activations;
using BudgetEngine.SimulatedSilo.Calls;
using Orleans.CodeGeneration;

namespace BudgetEngine.SimulatedSilo.Hosting;

public sealed partial class InProcessSilo
{
    /// <summary>Makes the references that Orleans generated for an interface.</summary>
    private sealed class Target
    {
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<Type, Func<GrainReferenceShared, IdSpan, object>> s_make = new();
        private GrainReferenceShared _shared = null!;
        private Func<GrainReferenceShared, IdSpan, object> _make = null!;

        internal static Target Of(Type grainInterface, GrainTable table, SimulatedRuntime runtime) => new()
        {
            _shared = new(table.GrainType, GrainInterfaceType.Create(grainInterface.FullName!), 0, runtime, InvokeMethodOptions.None, MessageCopier.Codecs, MessageCopier.Contexts, MessageCopier.Services),
            _make = s_make.GetOrAdd(grainInterface, Compile),
        };

        internal object Make(IdSpan key) => _make(_shared, key);

        private static Func<GrainReferenceShared, IdSpan, object> Compile(Type grainInterface)
        {
            var proxy = MessageCopier.Types.InterfaceProxies.Where(grainInterface.IsAssignableFrom).MinBy(p => p.GetInterfaces().Length)!;
            var (shared, key) = (Expression.Parameter(typeof(GrainReferenceShared)), Expression.Parameter(typeof(IdSpan)));
            return Expression.Lambda<Func<GrainReferenceShared, IdSpan, object>>(
                Expression.New(proxy.GetConstructor([typeof(GrainReferenceShared), typeof(IdSpan)])!, shared, key), shared, key).Compile();
        }
    }

    // What is not used here.
    TGrainInterface IGrainFactory.GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix) => throw new NotSupportedException();

    TGrainInterface IGrainFactory.GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix) => throw new NotSupportedException();

    TGrainInterface IGrainFactory.GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix) => throw new NotSupportedException();

    TGrainInterface IGrainFactory.GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix) => throw new NotSupportedException();

    TGrainObserverInterface IGrainFactory.CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj) => throw new NotSupportedException();

    void IGrainFactory.DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj) => throw new NotSupportedException();

    IGrain IGrainFactory.GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw new NotSupportedException();

    IGrain IGrainFactory.GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw new NotSupportedException();

    IGrain IGrainFactory.GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    IGrain IGrainFactory.GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    TGrainInterface IGrainFactory.GetGrain<TGrainInterface>(GrainId grainId) => throw new NotSupportedException();

    IAddressable IGrainFactory.GetGrain(Type interfaceType, IdSpan grainKey) => throw new NotSupportedException();

    IAddressable IGrainFactory.GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) => throw new NotSupportedException();
}
