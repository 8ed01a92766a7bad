using System.Runtime.CompilerServices;
using Xunit;

namespace WebHoster.Tests.Fixtures;

/// <summary>Compares a rendered text whole with a committed file in <c>Expected/</c> beside the test.</summary>
public static class Expected
{
    /// <summary>Run with <c>UPDATE_EXPECTED=1</c> to rewrite the committed files, then read the difference.</summary>
    public static void Equal(string name, string actual, [CallerFilePath] string source = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(source)!, "Expected", name);
        if (Environment.GetEnvironmentVariable("UPDATE_EXPECTED") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }
        Assert.Equal(File.ReadAllText(file), actual);
    }
}
