using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("WebHoster.Tests")]
