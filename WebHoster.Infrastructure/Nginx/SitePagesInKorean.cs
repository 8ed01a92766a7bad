namespace WebHoster.Infrastructure.Nginx;

/// <summary>The words of <see cref="SitePages"/> in Korean; English is the key.</summary>
internal static class SitePagesInKorean
{
    public static readonly IReadOnlyDictionary<string, string> Words = new Dictionary<string, string>
    {
        ["This site is being built"] = "사이트를 만들고 있어요",
        ["A fresh server is getting ready for it right now."] = "지금 새 서버를 준비하고 있어요.",
        ["That takes a minute or two. Stay here: the site appears on its own."] = "1~2분쯤 걸려요. 이 페이지를 열어 두면 사이트가 저절로 나타나요.",
        ["This site is waking up"] = "사이트가 켜지고 있어요",
        ["Its server has just been switched on."] = "서버가 방금 켜졌어요.",
        ["It will be here in a moment."] = "잠시 뒤에 열려요.",
        ["This site is being rebuilt"] = "사이트를 다시 만들고 있어요",
        ["Its owner asked for a clean start, and a new server is being set up."] = "소유자의 요청으로 새 서버를 다시 준비하고 있어요.",
        ["This site is closing down"] = "사이트를 닫고 있어요",
        ["Its server is being switched off."] = "서버가 꺼지고 있어요.",
        ["This site is switched off"] = "사이트가 꺼져 있어요",
        ["Its owner has paused the server. Nothing is lost."] = "소유자가 서버를 멈춰 두었어요. 사라진 것은 없어요.",
        ["Is this your site? Start it in the portal, and it is back in a minute."] = "내 사이트인가요? 포털에서 시작하면 1분 안에 다시 열려요.",
        ["This site has a problem"] = "사이트에 문제가 있어요",
        ["Its server did not start as it should."] = "서버가 제대로 시작되지 않았어요.",
        ["Is this your site? The portal shows what is going on and what you can do."] = "내 사이트인가요? 무슨 일인지, 무엇을 할 수 있는지 포털에서 볼 수 있어요.",
        ["This site is being removed"] = "사이트를 삭제하고 있어요",
        ["Its owner has closed it. It will be gone in a moment."] = "소유자가 닫은 사이트예요. 곧 사라져요.",
        ["Looking for something else? Check the address."] = "다른 곳을 찾으셨나요? 주소를 확인해 주세요.",
        ["This site is not available right now"] = "지금은 사이트에 들어갈 수 없어요",
        ["Its server cannot answer at the moment."] = "서버가 지금 응답할 수 없어요.",
        ["Please try again in a minute."] = "1분 뒤에 다시 시도해 주세요.",
        ["Websites live here"] = "웹사이트들이 사는 곳이에요",
        ["Every site on this server has its own address, such as /your-name/, and a server of its own behind it."] =
            "이곳의 사이트는 저마다 /내-이름/ 같은 주소와 자기만의 서버를 가지고 있어요.",
        ["Want one? Create yours in the portal with a few clicks."] = "하나 갖고 싶으신가요? 포털에서 몇 번의 클릭으로 만들 수 있어요.",
        ["There is no site here"] = "여기에는 사이트가 없어요",
        ["Nobody has published anything at this address."] = "이 주소에는 아무도 사이트를 열지 않았어요.",
        ["Check the spelling. The site may also have been removed by its owner."] = "주소를 다시 확인해 주세요. 소유자가 삭제한 사이트일 수도 있어요.",
        ["That upload is too large"] = "업로드가 너무 커요",
        ["A single request can carry up to 1 GB."] = "요청 하나에 1 GB까지 담을 수 있어요.",
        ["Send it in parts, or use SFTP: that has no such limit."] = "나누어 보내거나 SFTP를 쓰세요. SFTP에는 이런 제한이 없어요.",
        ["One moment, please"] = "잠시만 기다려 주세요",
        ["Many requests came from your address in a very short time."] = "아주 짧은 시간에 많은 요청이 들어왔어요.",
        ["Wait a few seconds, then try again."] = "몇 초 뒤에 다시 시도해 주세요.",
        ["This site does not answer"] = "사이트가 응답하지 않아요",
        ["Its server cannot be reached, or its web server is not running."] = "서버에 연결할 수 없거나 웹 서버가 실행 중이 아니에요.",
        ["Please try again in a moment. Is this your site? Have a look at its health in the portal."] =
            "잠시 뒤에 다시 시도해 주세요. 내 사이트라면 포털에서 상태를 확인해 보세요.",
        ["That is too large"] = "너무 커요",
        ["The portal does not take so much in one request."] = "포털은 요청 하나에 이만큼 받지 않아요.",
        ["Files of your site have no such limit: upload them on the Files tab, by the API or by SFTP."] =
            "사이트 파일에는 이런 제한이 없어요. 파일 탭이나 API, SFTP로 올려 주세요.",
        ["The portal will be back in a moment"] = "포털이 곧 돌아와요",
        ["It does not answer right now. The sites are not touched by that."] = "지금은 응답하지 않아요. 사이트에는 영향이 없어요.",
        ["Stay here: the page comes back on its own."] = "이 페이지를 열어 두면 저절로 돌아와요.",
        ["This page refreshes by itself."] = "이 페이지는 저절로 새로 고쳐져요.",
        ["Open the portal"] = "포털 열기",
        ["Create your own site"] = "내 사이트 만들기",
    };
}
