using WebHoster.Core.Accounts;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Account;

/// <summary>By what somebody signed in, as the end of “signed in …”.</summary>
public static class MethodWords
{
    public static string Of(SignInMethod method) => method switch
    {
        SignInMethod.Password => Texts.Key("by password"),
        SignInMethod.Code => Texts.Key("by password and app"),
        SignInMethod.RecoveryCode => Texts.Key("by password and recovery code"),
        SignInMethod.Passkey => Texts.Key("by passkey"),
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, null),
    };
}
