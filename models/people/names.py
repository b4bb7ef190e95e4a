"""Names that many could share are nobody's: a sign-in name is made of a person's own name, never of a desk, a room, a shop.

What counts is the whole name: `kefu01`, `admin`, `lotus.cangku` and `test-a` are refused, `kefu.wang` is a person's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

# English, as installers and habits have it; pinyin of desks, posts and shops; the keyboard's own "names".
_ENGLISH = """
admin administrator root sysadmin superuser super test tester testing demo guest user users username login account accounts
shared share common public team teams office desk front staff employee worker colleague intern trainee temp temporary new newbie
support service services customer help helpdesk care sales seller vendor marketing market finance accounting payroll billing
invoice purchase purchasing buyer procurement boss owner chief director manager management lead leader assistant secretary
operator operation operations ops clerk cashier lister listing shipper shipping warehouse logistics storage packing packer picker
return returns store stores shop shops amazon portolan marketplace product products order orders mail email info contact noreply
webmaster hostmaster postmaster abuse security audit auditor review reviewer default system service daemon nobody anonymous
unknown none null backup monitor bot robot api app web portal server dev developer prod production stage staging sandbox
computer laptop phone tablet printer pc company group department hr it qa cs
"""
_PINYIN = """
kefu kefubu keguan kefuzu yunying yunyingbu yunyingzu cangku cangguan cangchu kuguan fahuo fahuobu dabao dadan jianhuo peihuo
wuliu kuaidi huodai caiwu caiwubu kuaiji chuna jizhang caigou caigoubu gongying xiaoshou xiaoshoubu shichang tuiguang guanggao
meigong sheji paizhao sheying wenan fanyi kaifa chanpin xuanpin shangjia shangpin dianpu dianzhang dianyuan wangdian shangcheng
maijia maijiazhongxin yamaxun kuajing dianshang pingtai zhandian meiguo ouzhou deguo yingguo riben laoban laobanniang jingli
zongjingli zhuguan zongjian zuzhang lingdao guanli guanliyuan chaojiguanliyuan caozuoyuan shenhe shenji anquan xitong houtai
qiantai zhuli wenyuan zhuanyuan yuangong xinyuangong shixi shixisheng linshi linshigong jianzhi gongyong gonggong gongxiang
gongtong dajia zhanghao yonghu yonghuming moren ceshi ceshizhanghao shiyong yanshi gongsi bangongshi bumen xiaozu tuandui renshi
xingzheng fawu jishu jishubu diannao shouji shouhou shouqian shouhoubu tuihuo duizhang zhifu yunfei chongzhi
"""
_KEYS = (
    "qwerty qwertz asdf asdfgh zxcv zxcvbn abc abcd abcdef aaa xxx foo bar baz foobar xyz iii hello welcome password"
)
SHARED = frozenset(f"{_ENGLISH} {_PINYIN} {_KEYS}".split())
SHARED_LOGINS = frozenset(word for word in SHARED if len(word) >= 3)
_CHINESE = """
客服 仓库 仓管 运营 财务 会计 出纳 采购 销售 市场 推广 广告 美工 设计 开发 测试 店铺 店长 卖家 亚马逊 跨境 老板 经理 主管 总监 组长
管理员 超级管理员 操作员 审核 安全 系统 助理 专员 员工 新员工 实习生 临时工 公用 公共 共享 共用 大家 账号 用户 默认 演示 公司 办公室 部门
小组 团队 人事 行政 技术 售后 售前 物流 发货 打包 前台 后台 部 组 号
"""
SHARED_CHINESE = tuple(sorted(_CHINESE.split(), key=len, reverse=True))

# Names of things a team works with, which are nobody's either: rooms add theirs.
NAMES_OF: list[Callable[[Any], Iterable[str]]] = []


def of_things(names: Callable[[Any], Iterable[str]]) -> Callable[[Any], Iterable[str]]:
    """Registers a function that gives the names of a team's things, such as its stores."""
    NAMES_OF.append(names)
    return names


def things_of(team: Any) -> list[str]:
    """The team's own name and short name, and what rooms say."""
    if team is None:
        return []
    return [team.slug, team.name, *(name for names in NAMES_OF for name in names(team))]


def is_shared(name: str, things: Iterable[str] = ()) -> bool:
    """Is this the name of a desk, a post, a thing or nothing at all, and no person's?"""
    known = {word for thing in things for word in _words(thing) if len(word) >= 3}
    joined = {"".join(_words(thing)) for thing in things}
    words = _words(name)
    if not words:
        return True
    meant = [word for word in words if not _is_filler(word)]
    if not meant:
        return _is_ascii(name) and not any(len(word) > 1 for word in words)
    return "".join(words) in joined or all(_is_made_of(word, frozenset(known | joined)) for word in meant)


def _words(name: str) -> list[str]:
    """The words of a name without digits: "Kefu-01a" gives kefu and a."""
    return [word for word in re.split(r"[\W\d_]+", name.casefold()) if word]


def _is_filler(word: str) -> bool:
    """A single letter beside other words: it numbers them."""
    return len(word) == 1 and _is_ascii(word)


def _is_made_of(word: str, things: frozenset[str]) -> bool:
    """Is the word one of those, or several of them in a row ("adminkefu")?"""
    if not _is_ascii(word):
        for known in SHARED_CHINESE:
            word = word.replace(known, "")
        return not re.sub(r"[一二三四五六七八九十甲乙丙丁]", "", word)
    return word in SHARED or word in things or _is_row(word, SHARED_LOGINS | things)


def _is_row(word: str, known: frozenset[str]) -> bool:
    @cache
    def rest(start: int) -> bool:
        return start == len(word) or any(
            word[start:end] in known and rest(end) for end in range(start + 3, len(word) + 1)
        )

    return rest(0)


def _is_ascii(text: str) -> bool:
    return text.isascii()
