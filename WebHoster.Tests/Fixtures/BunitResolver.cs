using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace WebHoster.Tests.Fixtures;

/// <summary>Goes with Bunit.props: hands out the AngleSharp.Diffing that could be restored.</summary>
internal static class BunitResolver
{
    [ModuleInitializer]
    internal static void Register() => AssemblyLoadContext.Default.Resolving += (context, name) =>
        name.Name == "AngleSharp.Diffing"
            ? context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "bunit", "AngleSharp.Diffing.dll"))
            : null;
}
